import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseThrottling, readThrottling } from './throttling.ts';

test('both versions of control groups read alike, and a group without a limit tells nothing', () => {
  expect(parseThrottling('usage_usec 1\nnr_periods 200\nnr_throttled 30\n')).toEqual({ periods: 200, throttled: 30 });
  expect(parseThrottling('nr_periods 7\nnr_throttled 0\nthrottled_time 0\n')).toEqual({ periods: 7, throttled: 0 });
  expect(parseThrottling('usage_usec 1\n')).toBeUndefined();
});

test('the first file that tells counts; where none does there are zeros', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-throttling-'));
  try {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    writeFileSync(one, 'usage_usec 1\n');
    writeFileSync(other, 'nr_periods 9\nnr_throttled 2\n');
    expect(readThrottling([join(folder, 'none'), one, other])).toEqual({ periods: 9, throttled: 2 });
    expect(readThrottling([one])).toEqual({ periods: 0, throttled: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
