import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../setup.mjs';
import { HELP, REPOSITORY, readArguments } from './arguments.ts';

test.each([
  [[], { kind: 'rexnet', tag: 'ghcr.io/rexnet/rexnet:1.2.3', isJson: false }],
  [['--bitcoind'], { kind: 'bitcoind', tag: 'ghcr.io/rexnet/bitcoind:1.2.3', isJson: false }],
  [
    ['--base', 'local', '--tag', 'rexnet:dev', '--archive', 'x.tar', '-o', 'json'],
    { kind: 'rexnet', tag: 'rexnet:dev', base: 'local', archive: 'x.tar', isJson: true },
  ],
  [
    ['--bitcoind', '--base=debian:13-slim'],
    { kind: 'bitcoind', tag: 'ghcr.io/rexnet/bitcoind:1.2.3', base: 'debian:13-slim', isJson: false },
  ],
])('%j is understood', (args, options) => {
  expect(readArguments(args, '1.2.3')).toEqual(options);
});

test('help is help, and names every option', () => {
  expect(readArguments(['--bitcoind', '-h'], '1')).toBe('help');
  for (const name of ['--base', '--tag', '--archive', '--bitcoind', '-o json']) expect(HELP).toContain(name);
});

test.each([
  [['--platform', 'x'], /--platform/],
  [['here'], /here/],
  [['--base'], /--base/],
  [['--tag='], /--tag is empty/],
  [['-o', 'yaml'], /-o yaml is no form of output/],
  [['--bitcoind', '--base', 'local'], /needs no local base/],
])('%j is refused with a cure', (args, message) => {
  expect(() => readArguments(args, '1')).toThrow(message);
  expect(() => readArguments(args, '1')).toThrow(/\n {2}cure: \S/);
});

test('images have the names the chart looks for', () => {
  const read = (name: string): unknown => parse(readFileSync(join(ROOT, 'charts', 'rexnet', name), 'utf8'));
  const { appVersion } = read('Chart.yaml') as { appVersion: string };
  expect(read('values.yaml')).toMatchObject({
    image: { repository: REPOSITORY.rexnet, tag: '' },
    bitcoind: { image: `${REPOSITORY.bitcoind}:${appVersion}` },
  });
});
