import { afterEach, expect, test } from 'vitest';
import { serveTelemetry } from './http.ts';
import { createLog } from './log.ts';
import { LABELS, metricRows } from './metrics.ts';
import { createTelemetry } from './telemetry.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('every row of the table has a proper name, known labels and buckets where they belong', () => {
  const rows = metricRows();
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  for (const row of rows) {
    expect(row.name).toMatch(new RegExp(`^rexnet_${row.area}_[a-z0-9_]+$`));
    expect(row.name.endsWith('_total'), row.name).toBe(row.type === 'counter');
    if (row.unit === 's') expect(row.name).toMatch(/_seconds$/);
    if (row.unit === 'bytes') expect(row.name).toMatch(/_bytes(_total)?$/);
    expect(row.buckets !== undefined, row.name).toBe(row.type === 'histogram');
    for (const label of row.labels) expect(Object.keys(LABELS)).toContain(label);
    expect(row.help).toMatch(/[.]$/);
  }
});

test('two nodes in one process have their own series, and counters with known labels start at zero', async () => {
  const [one, two] = [createTelemetry('node'), createTelemetry('node')];
  one.metrics.chain.height.set({ source: 3 }, 7);
  one.onScrape(() => one.metrics.pool.transactions.set(11));
  const text = await one.scrape();
  expect(text).toContain('rexnet_chain_height_blocks{source="3"} 7');
  expect(text).toContain('rexnet_pool_transactions 11');
  expect(text).toContain('rexnet_chain_receipts_total{kind="relay",status="failed"} 0');
  expect(text).toContain('process_resident_memory_bytes');
  expect(await two.scrape()).not.toContain('rexnet_chain_height_blocks{source="3"}');
});

test('metrics, liveness and readiness are served, nothing else is', async () => {
  let ready: true | string = 'catching up: 12 blocks behind';
  const health = { live: () => true, ready: () => ready };
  const server = await serveTelemetry(createTelemetry('node'), health, { host: '127.0.0.1', port: 0 });
  closers.push(() => server.stop());
  const get = async (path: string, method = 'GET'): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return `${answer.status} ${(await answer.text()).split('\n', 1)[0]}`;
  };
  expect(await get('/livez')).toBe('200 ok');
  expect(await get('/readyz')).toBe('503 catching up: 12 blocks behind');
  ready = true;
  expect(await get('/readyz')).toBe('200 ok');
  expect(await get('/metrics')).toMatch(/^200 # HELP/);
  expect(await get('/metrics', 'POST')).toBe('405 only GET');
  expect(await get('/secrets')).toMatch(/^404/);
});

test('a log line is one JSON object with level and time in words', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', base: { program: 'rxd', group: 2 }, write: (line) => lines.push(line) });
  log.debug('not shown');
  log.info({ height: 5 }, 'block imported');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', program: 'rxd', group: 2, height: 5, msg: 'block imported' },
  ]);
  expect(lines[0]).toMatch(/"time":"20\d\d-/);
});
