// Makes the instruments of the metric table, typed by it. Reads no state: whoever has some sets it, or hooks into the scrape.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { LABELS, type Label, METRICS, type MetricRow, type Program, servesMetric } from './metrics.ts';

type Instrument<R extends MetricRow> = R['type'] extends 'counter'
  ? Counter<R['labels'][number]>
  : R['type'] extends 'gauge'
    ? Gauge<R['labels'][number]>
    : Histogram<R['labels'][number]>;

/** `metrics.chain.height.set({ group: 1 }, 7)`. */
export type Metrics = {
  readonly [A in keyof typeof METRICS]: {
    readonly [K in keyof (typeof METRICS)[A]]: (typeof METRICS)[A][K] extends MetricRow
      ? Instrument<(typeof METRICS)[A][K]>
      : never;
  };
};

export interface Telemetry {
  readonly metrics: Metrics;
  readonly contentType: string;
  /** Adds a reader of state that sets gauges right before each scrape. */
  onScrape(collect: () => void | Promise<void>): void;
  scrape(): Promise<string>;
}

function combinations(labels: readonly Label[]): Record<string, string>[] | undefined {
  let out: Record<string, string>[] = [{}];
  for (const label of labels) {
    const values: readonly string[] | undefined = LABELS[label];
    if (values === undefined) return undefined;
    out = out.flatMap((made) => values.map((value) => ({ ...made, [label]: value })));
  }
  return out;
}

function instrumentOf(row: MetricRow, registers: Registry[]): Counter | Gauge | Histogram {
  const common = { name: row.name, help: row.help, labelNames: [...row.labels], registers };
  if (row.type === 'histogram') return new Histogram({ ...common, buckets: [...(row.buckets ?? [])] });
  if (row.type === 'gauge') return new Gauge(common);
  const made = new Counter(common);
  if (row.labels.length > 0) for (const labels of combinations(row.labels) ?? []) made.inc(labels, 0);
  return made;
}

/**
 * Instruments on a registry of their own, so that two nodes in one process do not meet. Those of another program exist,
 * so that the table needs no gaps, and are never shown.
 */
export function createTelemetry(program: Program): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const tree: Record<string, Record<string, Counter | Gauge | Histogram>> = {};
  for (const [area, rows] of Object.entries(METRICS)) {
    const made: Record<string, Counter | Gauge | Histogram> = {};
    for (const [key, row] of Object.entries(rows as Record<string, MetricRow>)) {
      made[key] = instrumentOf(row, servesMetric(program, area, row) ? [registry] : []);
    }
    tree[area] = made;
  }
  const collectors: (() => void | Promise<void>)[] = [];
  return {
    metrics: tree as unknown as Metrics,
    contentType: registry.contentType,
    onScrape: (collect) => {
      collectors.push(collect);
    },
    scrape: async () => {
      for (const collect of collectors) await collect();
      return registry.metrics();
    },
  };
}
