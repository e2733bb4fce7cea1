// What is given away with the image may be given away: no licence stronger than MPL among its packages.
import { expect, test } from 'vitest';
import { ROOT } from '../setup.mjs';
import { neededPackages } from './closure.ts';
import { WORKSPACES } from './shipped.ts';
import { readLock } from './tree.ts';

/** By their SPDX names. */
const WEAK = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'PSF-2.0',
  'Unlicense',
  'Zlib',
]);

/** Of an alternative one is enough; of a sum all count. */
function isWeak(licence: string): boolean {
  const bare = licence.replaceAll(/[()]/g, '');
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((name) => WEAK.has(name)));
}

test.each([
  ['(MIT AND Zlib)', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND LGPL-3.0-only', false],
  ['AGPL-3.0-only', false],
  ['', false],
])('%s is weak enough: %s', (licence, expected) => {
  expect(isWeak(licence)).toBe(expected);
});

test.each(['x64', 'arm64'])('no package of the image for %s has a strong licence, or none', (arch) => {
  const lock = readLock(ROOT);
  const paths = neededPackages(lock, WORKSPACES, { platform: 'linux', arch });
  const strong = paths.filter((path) => !isWeak(lock.packages[path]?.license ?? ''));
  expect(paths.length).toBeGreaterThan(50);
  expect(strong).toEqual([]);
});
