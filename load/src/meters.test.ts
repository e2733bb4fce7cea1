import { metricRows } from '@rexnet/node/telemetry/metrics.ts';
import { createTelemetry } from '@rexnet/node/telemetry/telemetry.ts';
import { expect, test } from 'vitest';
import { LoadMeters } from './meters.ts';

const REPORT = {
  offered: 40,
  accepted: 39,
  completed: 30,
  pending: 8,
  late: 1,
  offeredTps: 20,
  gasLimit: 29_000,
  failedBy: { 'Refused: POOL_FULL': 2 },
  generator: { loopLagP99Ms: 12 },
};

test('reports become counters that grow, failures by reason, latencies buckets; every metric of a generator is served', async () => {
  const telemetry = createTelemetry('load');
  const meters = new LoadMeters(telemetry.metrics);
  meters.progress(REPORT);
  meters.progress({ ...REPORT, offered: 60, completed: 29, failedBy: { ...REPORT.failedBy, Expired: 1 } });
  const tree = { intendedMs: 1_000, executedMs: 4_500, completedMs: 6_500 };
  meters.finished({ ...tree, failed: false } as Parameters<LoadMeters['finished']>[0]);
  meters.finished({ ...tree, failed: true } as Parameters<LoadMeters['finished']>[0]);
  const text = await telemetry.scrape();
  const lines = text.split('\n').filter((line) => line.startsWith('rexnet_load') && !line.includes('_bucket'));
  expect(lines).toEqual([
    'rexnet_load_wanted_tps 20',
    'rexnet_load_transaction_gas 29000',
    'rexnet_load_offered_total 60',
    'rexnet_load_accepted_total 39',
    'rexnet_load_completed_total 30',
    'rexnet_load_failed_total{reason="Refused: POOL_FULL"} 2',
    'rexnet_load_failed_total{reason="Expired"} 1',
    'rexnet_load_pending 8',
    'rexnet_load_late_total 1',
    'rexnet_load_completed_seconds_sum 5.5',
    'rexnet_load_completed_seconds_count 1',
    'rexnet_load_executed_seconds_sum 3.5',
    'rexnet_load_executed_seconds_count 1',
    'rexnet_load_loop_delay_seconds 0.012',
  ]);
  expect(text).toContain('rexnet_load_completed_seconds_bucket{le="6"} 1');
  for (const { name } of metricRows('load')) expect(text).toContain(`# TYPE ${name} `);
});
