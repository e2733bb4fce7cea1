// What a machine lacks is said all at once, with the line that helps.
import { expect, test } from 'vitest';
import { requireRoot } from './exclusive.ts';
import { missingHere, missingSentence, requireRoom } from './needs.ts';

const ALL = { hasProgram: () => true, hasFile: () => true };

test('a machine that has everything lacks nothing', () => {
  expect(missingHere(ALL, false).programs).toEqual([]);
});

test('missing programs are named together, with one line that installs their packages', () => {
  const lacking = { hasProgram: (name: string) => !['ctr', 'containerd', 'runc'].includes(name), hasFile: () => false };
  expect(missingSentence(missingHere(lacking, true))).toBe(
    'a cluster without Docker needs containerd, ctr, runc, the CNI plugins ptp, portmap, host-local; install them with: apt-get install -y --no-install-recommends containerd containernetworking-plugins runc',
  );
});

test('Go is needed only to build, and is no package of ours', () => {
  const withoutGo = { ...ALL, hasProgram: (name: string) => name !== 'go' };
  expect(missingHere(withoutGo, true).programs).toEqual([]);
  expect(missingSentence(missingHere(withoutGo, false))).toMatch(/^a cluster without Docker needs go \(1\.24 or newer/);
});

test.each([
  ['darwin', 0, 'a cluster without Docker runs on Linux, not on darwin'],
  ['linux', 1000, 'become root'],
])('on %s as user %s it says so', (platform, uid, sentence) => {
  expect(() => requireRoot(platform, uid)).toThrow(sentence);
});

test('a disk that is full is told before anything is made', () => {
  const blocks = (gib: number) => ({ bsize: 4_096, bavail: (gib * 1024 ** 3) / 4_096 });
  expect(() => requireRoom(blocks(2))).not.toThrow();
  expect(() => requireRoom(blocks(0.5))).toThrow(
    'a cluster needs 2.0 GiB free where /var/lib/rexnet-cluster is, and there are 0.5 GiB: make room',
  );
});
