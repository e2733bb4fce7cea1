// Every question of every Grafana page and every rule, put to a real Prometheus that scrapes a real network under load.
import { expect, test } from 'vitest';
import { panelQueries, quietReason, ruleQueries, variableQueries } from '../../dashboards/src/queries.ts';
import { Generator } from './generator.ts';
import { findPrometheus, Prometheus } from './prometheus.ts';
import { findBitcoind, sharedTestnet } from './testnet.ts';
import { until } from './until.ts';

/** Accounts no other test uses: what is under way at the end is left to itself. */
const OFFER = { workload: 'Transfer', tps: 80, accountsPerGroup: 50, skipAccountsPerGroup: 900 } as const;
/** Four groups, and every refusal there is once garbage has been here; docs/metrics.md says what grows with what. */
const SERIES_A_NODE_MAX = 1_000;
const ANSWERS_MAX_MS = 90_000;
const ASK_EVERY_MS = 500;

test('every query of the dashboards and rules has an answer on a running network', {
  timeout: 300_000,
}, async (context) => {
  const found = await findPrometheus();
  if ('reason' in found) return context.skip(found.reason);
  const hasBitcoind = 'command' in (await findBitcoind());
  const testnet = sharedTestnet();
  await testnet.up();
  const prometheus = await Prometheus.start(found.command, testnet);
  let generator: Generator | undefined;
  try {
    generator = await Generator.start(testnet, { ...OFFER, metrics: prometheus.loadAddress });
    // A laptop has no namespaces.
    const chosen = { namespace: '', testnet: 'four', group: '1' };
    const queries = [...ruleQueries(), ...panelQueries(chosen)];
    let open = queries;
    // Rates need two looks, rules one more; asked again until all have an answer.
    await until({
      what: 'an answer to every query',
      withinMs: ANSWERS_MAX_MS,
      everyMs: ASK_EVERY_MS,
      look: async () => {
        const answers = await Promise.all(
          open.map(async (query) => ({ query, answered: await isAnswered(query.expr) })),
        );
        open = answers.filter(({ answered }) => !answered).map(({ query }) => query);
        return open.filter(({ expr }) => quietReason(expr, hasBitcoind) === undefined);
      },
      holds: (left) => left.length === 0,
      tell: (left) => left.map(({ where, expr }) => `${where}: ${expr}`).join('\n'),
    });
    const values = { namespace: [], testnet: ['four'], group: testnet.groups.map(String) };
    await until({
      what: 'the values of every variable',
      withinMs: ANSWERS_MAX_MS,
      everyMs: ASK_EVERY_MS,
      look: () =>
        Promise.all(
          variableQueries(chosen).map(async ({ where, series, label }) => ({
            ...{ where, label },
            found: await prometheus.labelValues(series, label),
          })),
        ),
      holds: (variables) =>
        variables.every(({ label, found }) => String(found) === String(values[label as keyof typeof values])),
    });
    expect(await prometheus.brokenRules()).toEqual([]);
    const series = await prometheus.query('scrape_samples_scraped{component="node"}');
    for (const { labels, value } of series) expect(value, labels['node']).toBeLessThanOrEqual(SERIES_A_NODE_MAX);
    const quiet = new Set(open.map(({ expr }) => quietReason(expr, hasBitcoind)));
    console.log(
      `dashboards: ${queries.length} queries answered, ${open.length} of them quiet (${[...quiet].join('; ')})`,
    );
  } finally {
    await generator?.end();
    await prometheus.stop();
  }

  async function isAnswered(expr: string): Promise<boolean> {
    return (await prometheus.query(expr)).some(({ value }) => !Number.isNaN(value));
  }
});
