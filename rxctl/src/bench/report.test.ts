import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aCurve, CAP } from '@rexnet/load/verdict/testing/readings.ts';
import { judge } from '@rexnet/load/verdict/verdict.ts';
import { expect, test } from 'vitest';
import { writeArtefacts } from './artefacts.ts';
import { exitCodeOf, toArtefacts, toObject } from './report.ts';
import type { ScaleInput } from './scale.ts';
import { scaleReport } from './scale-report.ts';
import { workloadOf } from './workloads.ts';

const GROUPS = [1, 2, 4];
const machine = { cores: 2, model: 'some processor', memoryGiB: 24, kernel: '6.1', node: 'v24' };
const input: ScaleInput = {
  profile: 'capped',
  groups: GROUPS,
  repeats: 3,
  retries: 1,
  seconds: 30,
  openTpsPerGroup: 500,
  minerArgs: [],
  workload: workloadOf('Token'),
};
const readings = aCurve((n) => CAP * n, { groups: GROUPS });
const verdict = judge({ profile: 'capped', groups: GROUPS, repeats: 3, readings });
const report = scaleReport(input, { verdict, readings }, machine);

test('what -o json ends with has the fields that scripts read', () => {
  const said = JSON.parse(JSON.stringify(toObject(report, machine)));
  expect(said).toMatchObject({ bench: 'scale', verdict: 'Linear', slope: 1, slope95: [1, 1] });
  expect(said.reason).toMatch(/efficiency 1\.000 at 4 groups/);
  expect(said.label).toBe('protocol-capped; not a hardware benchmark');
  const point = ['groups', 'offered', 'completed', 'tps', 'utps', 'efficiency', 'p50Ms', 'p95Ms', 'p99Ms'];
  for (const each of said.points)
    expect(Object.keys(each)).toEqual(expect.arrayContaining([...point, 'crossGroupShare', 'valid', 'invalidReason']));
});

test('the verdict is the exit code', () => {
  expect((['Linear', 'Met', 'Sublinear', 'NotMet', 'Invalid'] as const).map(exitCodeOf)).toEqual([0, 0, 5, 5, 6]);
});

test('--out leaves figures, a page and a picture, each labelled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-artefacts-'));
  try {
    const paths = writeArtefacts(join(folder, 'new'), toArtefacts(report, machine));
    expect(paths.map((path) => path.split('/').at(-1))).toEqual(['scale.json', 'scale.md', 'scale.svg']);
    for (const path of paths) {
      expect(existsSync(path)).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain('protocol-capped; not a hardware benchmark');
    }
    expect(JSON.parse(readFileSync(paths[0] ?? '', 'utf8')).readings).toHaveLength(readings.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
