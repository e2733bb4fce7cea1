import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { LABELS, metricRows } from '@rexnet/node/telemetry/metrics.ts';
import { expect, test } from 'vitest';
import { staleFiles } from './files.ts';
import { OPERATOR_ALERT_RULES } from './operator-rules.ts';
import { PAGES } from './pages.ts';
import { dashboardOf } from './panels.ts';
import { panelQueries, QUIET, quietReason, ruleQueries } from './queries.ts';
import { ALERT_RULES, expressionOf, RECORDING_RULES } from './rules.ts';

const QUERIES = [...ruleQueries(), ...panelQueries({ namespace: 'lab', testnet: 'demo', group: '0' })];
const COLUMNS = 24;
/** Made by Prometheus and by every Node.js program. */
const OF_OTHERS = ['up', 'ALERTS', 'process_resident_memory_bytes', 'process_cpu_seconds_total'];
/** Added by a scrape, by Prometheus, or by nobody but rules. */
const LABELS_OF_OTHERS = ['namespace', 'testnet', 'component', 'node', 'machine', 'le', 'alertstate'];

test('the files checked in are what the data says', () => {
  expect(staleFiles()).toEqual([]);
});

test('queries ask only for metrics of the table and for what rules record', () => {
  const served = metricRows().flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name as string],
  );
  const known = new Set<string>([...served, ...RECORDING_RULES.map(({ record }) => record), ...OF_OTHERS]);
  for (const { where, expr } of QUERIES) {
    const names =
      expr.replace(/\{[^}]*\}|"[^"]*"/g, '').match(/\b(rexnet[:_][a-z0-9_:]+|process_\w+|up|ALERTS)\b/g) ?? [];
    expect(names.length, where).toBeGreaterThan(0);
    for (const name of names) expect(known.has(name), `${where}: ${name}`).toBe(true);
  }
});

test('testnets of one name in two namespaces are told apart', () => {
  for (const { where, expr } of QUERIES) {
    // What has no labels left is of one testnet, because it selects one.
    for (const [, labels = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
      if (labels.includes('testnet')) expect(labels, where).toContain('namespace');
    for (const [, inner = ''] of expr.matchAll(/\{([^}]*)\}/g))
      if (inner.includes('testnet=')) expect(inner, where).toContain('namespace=');
  }
});

test('queries select and group by labels of the closed list alone', () => {
  const known = new Set([...Object.keys(LABELS), ...LABELS_OF_OTHERS]);
  for (const { where, expr } of QUERIES) {
    const selected = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner]) =>
      [...(inner ?? '').matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label]) => label ?? ''),
    );
    const grouped = [...expr.matchAll(/\b(?:by|on|group_left|group_right) \(([^)]*)\)/g)].flatMap(([, inner]) =>
      (inner ?? '').split(',').flatMap((label) => (label.trim() === '' ? [] : [label.trim()])),
    );
    for (const label of [...selected, ...grouped]) expect(known.has(label), `${where}: ${label}`).toBe(true);
  }
});

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

test.each([...PAGES])('%s is a dashboard Grafana can lay out', (_, page) => {
  const dashboard: Dashboard = dashboardOf(page);
  const panels = dashboard.panels ?? [];
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const panel of panels) {
    const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
    expect(w > 0 && h > 0 && x + w <= COLUMNS, panel.title).toBe(true);
    for (let column = x; column < x + w; column++)
      for (let line = y; line < y + h; line++) {
        expect(taken.has(`${column} ${line}`), `${panel.title} lies on another panel`).toBe(false);
        taken.add(`${column} ${line}`);
      }
    if (isRow(panel)) continue;
    const refIds = (panel.targets ?? []).map((target) => ('refId' in target ? target.refId : undefined));
    expect(refIds).toEqual(['A', 'B', 'C', 'D', 'E'].slice(0, refIds.length));
    expect(panel.description).toMatch(/\.$/);
  }
});

test('every alert says what is wrong, what it means and what to do', () => {
  for (const rule of [...ALERT_RULES, ...OPERATOR_ALERT_RULES]) {
    for (const text of [rule.summary, rule.description, rule.action])
      expect(text.length, rule.alert).toBeGreaterThan(20);
    expect(rule.action, rule.alert).toContain('rxctl');
    expect(expressionOf(rule), rule.alert).toMatch(/ (==|>|<) /);
  }
});

test('what may be quiet is asked for somewhere', () => {
  for (const metric of QUIET.keys())
    expect(
      QUERIES.some(({ expr }) => expr.includes(metric)),
      metric,
    ).toBe(true);
  expect(quietReason('up', true)).toBeUndefined();
});
