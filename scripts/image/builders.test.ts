import { expect, test } from 'vitest';
import {
  BUILDERS,
  buildArgs,
  digestArgs,
  hasArgs,
  installLine,
  isBuilder,
  parseSize,
  pullArgs,
  saveArgs,
  sizeArgs,
} from './builders.ts';

const REQUEST = { file: 'Containerfile', context: 'ctx', tag: 'a/b:1', values: { BASE: 'x:1' }, isBaseLocal: false };

test.each([
  ['buildah', false, 'build --isolation chroot --build-arg BASE=x:1 -f Containerfile -t a/b:1 ctx'],
  ['buildah', true, 'build --isolation chroot --pull-never --build-arg BASE=x:1 -f Containerfile -t a/b:1 ctx'],
  ['podman', true, 'build --isolation chroot --pull-never --build-arg BASE=x:1 -f Containerfile -t a/b:1 ctx'],
  ['docker', true, 'build --build-arg BASE=x:1 -f Containerfile -t a/b:1 ctx'],
] as const)('%s builds on a base made here (%#)', (builder, isBaseLocal, words) => {
  expect(buildArgs(builder, { ...REQUEST, isBaseLocal }).join(' ')).toBe(words);
});

test.each([
  ['buildah', 'push -q a/b:1 docker-archive:f.tar:a/b:1'],
  ['podman', 'save -q --format docker-archive -o f.tar a/b:1'],
  ['docker', 'save -o f.tar a/b:1'],
] as const)('%s saves', (builder, words) => {
  expect(saveArgs(builder, 'a/b:1', 'f.tar').join(' ')).toBe(words);
});

test.each(BUILDERS)('%s is asked about one image', (builder) => {
  for (const ask of [digestArgs, sizeArgs, hasArgs, pullArgs]) expect(ask(builder, 'a/b:1').at(-1)).toBe('a/b:1');
});

test.each([
  ['231 MB', 231_000_000],
  ['1.07 GB\n', 1_070_000_000],
  ['512 B', 512],
  ['84.2MB', 84_200_000],
  ['226482310', 226_482_310],
  ['many', undefined],
  ['', undefined],
])('the size %j is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  [['apt-get', 'brew'], /^sudo apt-get install .*buildah$/],
  [['dnf'], /^sudo dnf install .*buildah$/],
  [['brew'], /^brew install podman/],
  [[], /REXNET_BUILDER/],
])('with %j a builder comes by one line', (installers, line) => {
  expect(installLine(new Set(installers))).toMatch(line);
});

test('only the three are builders', () => {
  expect(['buildah', 'kaniko', undefined].map(isBuilder)).toEqual([true, false, false]);
});
