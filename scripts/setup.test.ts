import { expect, test } from 'vitest';
import { hasDevelopment, isNewEnough, missingPackages } from './setup.mjs';
import { summarize } from './test-summary.mjs';

test.each([
  ['20.20.2', false],
  ['22.19.0', false],
  ['24.14.9', false],
  ['24.15.0', true],
  ['24.21.0', true],
  ['26.0.0', true],
])('Node %s is new enough: %s', (version, isEnough) => {
  expect(isNewEnough(version)).toBe(isEnough);
});

const lock = {
  packages: {
    '': { version: '0.1.0' },
    rxctl: { version: '0.1.0' },
    'node_modules/@rexnet/rxctl': { link: true },
    'node_modules/yaml': { version: '2.9.1' },
    'node_modules/vitest': { version: '5.1.1', dev: true },
    'node_modules/lmdb-arm': { version: '3.5.6', optional: true, os: ['linux'], cpu: ['arm64'] },
    'node_modules/lmdb-x64': { version: '3.5.6', optional: true, os: ['linux'], cpu: ['x64'] },
    'node_modules/musl-x64': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  },
};
const machine = { dev: false, platform: 'linux', arch: 'x64' };

test('a fresh clone lacks what production and this machine need', () => {
  expect(missingPackages(lock, undefined, machine)).toEqual(['node_modules/yaml', 'node_modules/lmdb-x64']);
});

test('tests need the development packages too', () => {
  expect(missingPackages(lock, undefined, { ...machine, dev: true })).toContain('node_modules/vitest');
});

test('another version is a missing package, and what is right is left alone', () => {
  const installed = {
    packages: { 'node_modules/yaml': { version: '2.9.0' }, 'node_modules/lmdb-x64': { version: '3.5.6' } },
  };
  expect(missingPackages(lock, installed, machine)).toEqual(['node_modules/yaml']);
  installed.packages['node_modules/yaml'].version = '2.9.1';
  expect(missingPackages(lock, installed, machine)).toEqual([]);
});

test.each([
  [{ vitest: { dev: true }, yaml: {} }, true],
  [{ yaml: {} }, false],
  [{}, false],
])('with %j installed, packages for development are there: %s', (packages, isThere) => {
  expect(hasDevelopment({ packages })).toBe(isThere);
});

test('the last line counts', () => {
  expect(summarize({ passed: 3, failed: 0, skipped: [] }, [])).toEqual({ lines: ['3 passed, 0 failed'], exitCode: 0 });
});

const skips = [{ name: 'node/a.test.ts: mines', reason: 'bitcoind: not found on this machine' }];

test('what was skipped is listed with its reason', () => {
  expect(summarize({ passed: 3, failed: 0, skipped: skips }, [])).toEqual({
    lines: [
      'skipped: node/a.test.ts: mines because bitcoind: not found on this machine',
      '3 passed, 0 failed, 1 skipped',
    ],
    exitCode: 0,
  });
});

test('a skip that is not allowed here is a failure', () => {
  const { lines, exitCode } = summarize({ passed: 3, failed: 0, skipped: skips }, ['bitcoind']);
  expect([lines.at(-1), exitCode]).toEqual(['3 passed, 1 failed', 1]);
});

test('no test at all is a failure', () => {
  expect(summarize({ passed: 0, failed: 0, skipped: [] }, []).exitCode).toBe(1);
});
