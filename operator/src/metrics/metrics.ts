// The metrics of the operator, in one table, and the instruments made of it on a registry of their own. It counts; it
// decides nothing.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** 1 ms to 16 s. */
const PASS_SECONDS = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i);
const FIRST_BLOCK_SECONDS = [2, 5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 300, 600];

/** How often the event loop's delay is looked at: its default wakes an idle process a hundred times a second. */
const LOOP_WATCH_MS = 500;

export const PHASES = ['Healthy', 'Starting', 'Degraded', 'Suspended', 'Stalled'] as const;
export type Phase = (typeof PHASES)[number];

export interface OperatorMetrics {
  readonly registry: Registry;
  readonly reconciles: Counter<'controller' | 'result'>;
  readonly reconcileSeconds: Histogram<'controller'>;
  readonly queueDepth: Gauge<'controller'>;
  readonly testnets: Gauge<'phase'>;
  readonly firstBlockSeconds: Histogram;
  readonly leading: Gauge;
  readonly requests: Counter<'method' | 'outcome'>;
  readonly watchErrors: Counter<'kind'>;
  readonly eventsDropped: Counter;
}

export function createMetrics(): OperatorMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_WATCH_MS });
  return {
    registry,
    reconciles: new Counter({
      name: 'rexnet_operator_reconciles_total',
      help: 'Passes over a key, by controller and result (ok, error).',
      labelNames: ['controller', 'result'],
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: 'rexnet_operator_reconcile_seconds',
      help: 'How long a pass over a key took.',
      labelNames: ['controller'],
      buckets: PASS_SECONDS,
      registers,
    }),
    queueDepth: new Gauge({
      name: 'rexnet_operator_queue_keys',
      help: 'Keys that are ready to be looked at.',
      labelNames: ['controller'],
      registers,
    }),
    testnets: new Gauge({
      name: 'rexnet_operator_testnets',
      help: 'Testnets by phase.',
      labelNames: ['phase'],
      registers,
    }),
    firstBlockSeconds: new Histogram({
      name: 'rexnet_operator_first_block_seconds',
      help: 'From the creation of a Testnet to the first block of its last group.',
      buckets: FIRST_BLOCK_SECONDS,
      registers,
    }),
    leading: new Gauge({
      name: 'rexnet_operator_leading',
      help: '1 for the replica that works, 0 for one that waits for its Lease.',
      registers,
    }),
    requests: new Counter({
      name: 'rexnet_operator_requests_total',
      help: 'Requests to the API server, by method and HTTP status or error.',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    watchErrors: new Counter({
      name: 'rexnet_operator_watch_errors_total',
      help: 'Watches that broke or could not begin.',
      labelNames: ['kind'],
      registers,
    }),
    eventsDropped: new Counter({
      name: 'rexnet_operator_events_dropped_total',
      help: 'Events that were not written.',
      registers,
    }),
  };
}
