// Every question the pages and rules put to Prometheus, one by one, so that a test can put them to a real one. It asks nothing.
import { PAGES } from './pages.ts';
import { ALERT_RULES, RECORDING_RULES } from './rules.ts';

export interface NamedQuery {
  /** Page and panel, or rule. */
  readonly where: string;
  readonly expr: string;
}

export interface NamedVariable {
  readonly where: string;
  readonly label: string;
  readonly series: string;
}

/** What a person would choose at the top of a page, by variable name. */
export type Chosen = Readonly<Record<string, string>>;

/** Questions whose answer is rightly empty, or no number, while a network is healthy: the metric, and why. */
export const QUIET: ReadonlyMap<string, string> = new Map([
  ['rexnet_load_failed_total', 'its reasons appear when the first transaction fails for them'],
  ['rexnet_pool_refused_total', 'its codes appear when the first transaction is refused with them'],
  ['rexnet_vm_faults_total', 'its exceptions appear when the first invocation ends with them'],
  ['rexnet_chain_reorganisation_depth_blocks_bucket', 'a quantile of no reorganisations is no number'],
]);

/** The same where miners make up their parent chain themselves. */
export const QUIET_WITHOUT_BITCOIND: ReadonlyMap<string, string> = new Map([
  ['rexnet_bitcoin_rpc_seconds_bucket', 'a quantile of no calls is no number'],
]);

/** The reason why a query may have no answer. */
export function quietReason(expr: string, hasBitcoind: boolean): string | undefined {
  const rows = [...QUIET, ...(hasBitcoind ? [] : QUIET_WITHOUT_BITCOIND)];
  return rows.find(([metric]) => expr.includes(metric))?.[1];
}

export function panelQueries(chosen: Chosen): readonly NamedQuery[] {
  return [...PAGES.values()].flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) =>
        panel.queries.map(({ expr, legend }) => ({
          where: `${title}: ${panel.title}, ${legend}`,
          expr: withChosen(expr, chosen),
        })),
      ),
    ),
  );
}

export function variableQueries(chosen: Chosen): readonly NamedVariable[] {
  return [...PAGES.values()].flatMap(({ title, variables }) =>
    variables.map(({ name, series }) => ({
      where: `${title}: variable ${name}`,
      label: name,
      series: withChosen(series, chosen),
    })),
  );
}

/** Expressions of recording rules, what they recorded, and what alerts measure without what alarms them. */
export function ruleQueries(): readonly NamedQuery[] {
  return [
    ...RECORDING_RULES.flatMap(({ record, expr }) => [
      { where: `expression of ${record}`, expr },
      { where: `recorded ${record}`, expr: record },
    ]),
    ...ALERT_RULES.flatMap(({ alert, symptoms }) =>
      symptoms.map(({ value }) => ({ where: `alert ${alert}`, expr: value })),
    ),
  ];
}

/** Throws when a variable has no value: Prometheus would take `$group` for a label value that nobody has. */
function withChosen(expr: string, chosen: Chosen): string {
  return expr.replace(/\$(\w+)/g, (word, name: string) => {
    if (/^\d/.test(name)) return word;
    const value = chosen[name];
    if (value === undefined) throw new Error(`${word} is no variable of ${expr}`);
    return value;
  });
}
