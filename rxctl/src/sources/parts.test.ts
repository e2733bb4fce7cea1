import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { syntheticSnapshot } from '../testing/snapshots.ts';
import { parseMetrics } from './metrics-text.ts';
import { MachineMeter, ProcessMeter } from './process-use.ts';
import { Recorder, readRecording, replaySource } from './recording.ts';
import { parseScaling, ScalingFile } from './scaling-file.ts';
import type { Snapshot } from './source.ts';
import { transitions } from './transitions.ts';

const folder = mkdtempSync(join(tmpdir(), 'rexnet-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('only wanted series are read', () => {
  const text = '# HELP a b\n# TYPE a gauge\na 1\nb{source="2",x="y z"} 2.5\nb_total 3\n\nc 4';
  expect([...parseMetrics(text, new Set(['a', 'b', 'c']))]).toEqual([
    ['a', 1],
    ['b{source="2",x="y z"}', 2.5],
    ['c', 4],
  ]);
  expect(parseMetrics('', new Set(['a'])).size).toBe(0);
});

function changed(change: (snapshot: Snapshot) => Partial<Snapshot>): readonly string[] {
  const before = syntheticSnapshot({ groups: 2, second: 1 });
  const after = { ...syntheticSnapshot({ groups: 2, second: 2 }), ...change(before) };
  return transitions(before, after).map(({ object, type, reason }) => `${object} ${type} ${reason}`);
}

test('what happened is told once, and figures that move are not told', () => {
  expect(changed(() => ({}))).toEqual([]);
  const node = (name: string, part: object) => (before: Snapshot) => ({
    nodes: before.nodes.map((each) => (each.name === name ? { ...each, ...part } : each)),
  });
  expect(changed(node('g1-n0', { pid: 99 }))).toEqual(['g1-n0 Warning Restarted']);
  expect(changed(node('g1-n0', { process: 'Restarting', pid: undefined }))).toEqual(['g1-n0 Warning Ended']);
  expect(changed(node('g1-n0', { height: undefined }))).toEqual(['g1-n0 Warning Silent']);
  expect(
    changed(({ groups }) => ({ groups: groups.map((group) => ({ ...group, reorganisations: group.group })) })),
  ).toEqual(['group 1 Warning Reorganised']);
  const sick = syntheticSnapshot({ groups: 2, second: 2, isSick: true });
  expect(changed(() => ({ status: sick.status }))).toEqual(['demo Warning NodesNotRunning']);
});

test('a recording gives back what was seen, and stays at the last look', async () => {
  const path = join(folder, 'recording.jsonl');
  const looks = [1, 2, 3].map((second) => syntheticSnapshot({ groups: 3, second, isSick: second > 1 }));
  const recorder = new Recorder(path);
  for (const each of looks) recorder.add(each);
  recorder.close();
  const source = replaySource(path);
  for (const each of [...looks, looks.at(-1)]) expect(await source.look()).toEqual(each);
  expect(await source.log('g0-n0', 5)).toEqual([]);
  await source.close();
  expect([...readRecording(path)]).toEqual(looks);
});

test.each([
  ['', 'holds no look'],
  ['{"rexnetRecording":1}\n{"atMs":', 'damaged in line 2'],
  ['{"a":1}\n', 'no recording of this version'],
  ['hello\n', 'damaged in line 1'],
])('%j is refused as a recording', async (contents, words) => {
  const path = join(folder, 'bad.jsonl');
  writeFileSync(path, contents);
  const source = replaySource(path);
  await expect(source.look()).rejects.toThrow(words);
  await source.close();
});

test('a verdict is a curve, anything else is none', () => {
  const json = {
    verdict: 'Linear',
    slope: 0.98,
    points: [
      { groups: 4, tps: 400, efficiency: 0.98, valid: true },
      { groups: 1, tps: 102, efficiency: 1, valid: true },
      { groups: 8, tps: 300, efficiency: null, valid: false },
    ],
  };
  expect(parseScaling(JSON.stringify(json))?.points.map(({ groups, isValid }) => [groups, isValid])).toEqual([
    [1, true],
    [4, true],
    [8, false],
  ]);
  for (const text of ['', '{}', '[]', '{"points":1}', 'null']) expect(parseScaling(text)).toBeUndefined();
  const file = new ScalingFile(folder);
  expect(file.look()).toBeUndefined();
  writeFileSync(join(folder, 'scale.json'), JSON.stringify(json));
  expect(file.look()?.verdict).toBe('Linear');
});

test('this process and this machine use something', () => {
  const processes = new ProcessMeter();
  const first = processes.look([process.pid], 0).get(process.pid);
  expect(first?.rssBytes).toBeGreaterThan(1_000_000);
  expect(first?.cpuShare).toBeUndefined();
  expect(processes.look([process.pid], 1_000).get(process.pid)?.cpuShare).toBeGreaterThanOrEqual(0);
  expect(processes.look([2 ** 22 + 1], 2_000).size).toBe(0);
  const { cores, memoryBytes, memoryUsedBytes } = new MachineMeter().look();
  expect(cores).toBeGreaterThan(0);
  expect(memoryUsedBytes).toBeLessThanOrEqual(memoryBytes);
});
