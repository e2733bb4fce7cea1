import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf, summaryOf, withImages } from './loadtest-report.mjs';

const TESTNET = { metadata: { name: 'demo' }, status: { firstBlockAfter: '9s' } };
const LOAD_TEST = {
  metadata: { name: 'curve' },
  spec: { workload: 'Token', profile: 'Capped', repeats: 3, duration: '60s' },
  status: {
    verdict: 'Linear',
    reason: 'Every point reaches 0.97.',
    points: [
      { groups: 1, offered: '60.0', tps: '49.8', efficiency: '0.996', p99: '3.1s', valid: true },
      {
        groups: 4,
        offered: '240.0',
        tps: '198.0',
        efficiency: '0.990',
        p99: '3.4s',
        valid: false,
        invalidReason: 'throttled',
      },
    ],
  },
};

test('the summary has the verdict, the curve beside its ideal, and every point', () => {
  const text = summaryOf(LOAD_TEST, TESTNET);
  expect(text).toContain('### Linear: LoadTest curve\n\nEvery point reaches 0.97.');
  expect(text).toContain('first block of all groups 9s after creation');
  expect(text).toContain('x-axis "groups" [1, 4]');
  expect(text).toContain('line [49.8, 198]\n  line [49.8, 199.2]');
  expect(text).toContain('| 4 | 240.0 | 198.0 | 0.990 |  |  | 3.4s |  | throttled |');
});

test('without points there is no chart', () => {
  const status = { verdict: 'Invalid', reason: 'An HPA owns the groups.' };
  expect(summaryOf({ ...LOAD_TEST, status }, TESTNET)).not.toContain('mermaid');
});

test.each([
  ['Linear', 0],
  ['Sublinear', 5],
  ['Invalid', 6],
  [undefined, 1],
])('verdict %s ends with code %i', (verdict, code) => {
  expect(exitCodeOf({ status: { verdict } })).toBe(code);
});

test('install.yaml takes other images, for the operator and for what it makes', () => {
  const text = readFileSync(join(resolve(import.meta.dirname, '..'), 'install.yaml'), 'utf8');
  const changed = withImages(text, { image: 'registry.example/mine:7', bitcoindImage: 'registry.example/btc:8' });
  expect(changed.match(/registry\.example\/mine:7/g)).toHaveLength(2);
  expect(changed.match(/registry\.example\/btc:8/g)).toHaveLength(1);
  expect(changed).not.toMatch(/ghcr\.io\/rexnet/);
  expect(withImages(text, {})).toBe(text);
  expect(() => withImages('kind: Namespace', { image: 'x/rexnet:1' })).toThrow('names no image');
});
