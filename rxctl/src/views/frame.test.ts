import { expect, test } from 'vitest';
import type { Snapshot } from '../sources/source.ts';
import { type Scene, syntheticSnapshot } from '../testing/snapshots.ts';
import { frameOf } from './frame.ts';
import { press } from './keys.ts';
import { type Size, textOf, widthOf } from './line.ts';
import { extend, FIRST_UI, type Model, NO_COURSES, type Place, type Ui } from './model.ts';
import { paint } from './paint.ts';

const SECONDS = 40;
const SIZES: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];
const SCENES: Readonly<Record<string, Omit<Scene, 'second'>>> = {
  healthy: { groups: 4, hasCurve: true },
  degraded: { groups: 4, nodesPerGroup: 2, isSick: true },
  many: { groups: 64, isSick: true },
};

function modelOf(scene: Omit<Scene, 'second'>, ui: Ui = FIRST_UI, logLines: readonly string[] = []): Model {
  let courses = NO_COURSES;
  let snapshot: Snapshot = syntheticSnapshot({ ...scene, second: 0 });
  for (let second = 0; second < SECONDS; second++) {
    snapshot = syntheticSnapshot({ ...scene, second });
    courses = extend(courses, snapshot);
  }
  return { snapshot, courses, ui, logLines, isReplay: false };
}

function at(place: Place): Ui {
  return { ...FIRST_UI, places: [...FIRST_UI.places, { ...place, chosen: 0, filter: '' }] };
}

function drawn(model: Model, size: Size): string {
  const lines = frameOf(model, size).flatMap((band) => band.lines);
  expect(lines).toHaveLength(size.rows - 1);
  expect(lines.map(widthOf).filter((width) => width !== size.columns)).toEqual([]);
  return `${lines.map(textOf).join('\n')}\n`;
}

for (const [name, scene] of Object.entries(SCENES))
  for (const size of SIZES)
    test(`${name} at ${size.columns}×${size.rows}`, async () => {
      const file = `testdata/${name}-${size.columns}x${size.rows}.txt`;
      await expect(drawn(modelOf(scene), size)).toMatchFileSnapshot(file);
    });

const LOG = [
  '{"level":"info","time":"2026-01-02T03:04:05.678Z","program":"rxd","group":0,"height":7,"msg":"chain restored"}',
  '{"level":"warn","time":"2026-01-02T03:04:06.000Z","msg":"peer announced a wrong header","fault":"BAD_TARGET"}',
  'plain text of another program',
];
const PLACES: Readonly<Record<string, Place>> = {
  group: { kind: 'group', group: 2 },
  node: { kind: 'node', name: 'g2-n0' },
  contract: { kind: 'contract', name: 'token' },
  log: { kind: 'log', object: 'g2-n0' },
};

for (const [name, place] of Object.entries(PLACES))
  test(`inside a ${name}`, async () => {
    const model = modelOf({ groups: 4, nodesPerGroup: 2, isSick: true }, at(place), LOG);
    await expect(drawn(model, { columns: 100, rows: 34 })).toMatchFileSnapshot(`testdata/inside-${name}.txt`);
  });

test('help', async () => {
  const model = modelOf({ groups: 4 }, { ...FIRST_UI, isHelp: true });
  await expect(drawn(model, { columns: 120, rows: 30 })).toMatchFileSnapshot('testdata/help.txt');
});

test('every size is filled exactly, at every place, or says that it is too small', () => {
  const model = modelOf({ groups: 64, isSick: true });
  const uis = [FIRST_UI, { ...FIRST_UI, isHelp: true }, ...Object.values(PLACES).map(at)];
  for (const ui of uis)
    for (let columns = 20; columns <= 220; columns += 23)
      for (let rows = 4; rows <= 70; rows += 11) {
        const lines = frameOf({ ...model, ui }, { columns, rows }).flatMap((band) => band.lines);
        expect(lines).toHaveLength(rows - 1);
        const isSmall = columns < 60 || rows < 18;
        if (!isSmall) expect(new Set(lines.map(widthOf))).toEqual(new Set([columns]));
      }
});

test('one group, no group, no answer and no load are drawn too', () => {
  const whole = modelOf({ groups: 1 });
  const { load: _, ...unloaded } = whole.snapshot;
  const silent = {
    ...whole.snapshot,
    groups: whole.snapshot.groups.map(({ group, nodes }) => ({
      group,
      nodes,
      readyNodes: 0,
      height: 0,
      partitions: 0,
      pool: 0,
      queuedRelays: 0,
    })),
    lag: [[null]],
  };
  for (const snapshot of [
    whole.snapshot,
    unloaded,
    silent,
    { ...silent, groups: [], nodes: [], lag: [], machines: [] },
  ])
    for (const size of SIZES) drawn({ ...whole, snapshot, courses: NO_COURSES }, size);
});

test('the chosen row is always seen', () => {
  let model = modelOf({ groups: 64 });
  for (let row = 1; row < 64; row++) {
    const ui = press(model, { kind: 'down' });
    if (ui === 'quit') throw new Error('down does not quit');
    model = { ...model, ui };
    expect(drawn(model, { columns: 80, rows: 24 })).toMatch(new RegExp(`│ › . g${row} `));
  }
});

test('text from elsewhere cannot break a frame', () => {
  const model = modelOf({ groups: 4 });
  const message = '\x1b[31mred\x1b[0m\n日本語\t\u0301👩‍👩‍👧 \x07';
  const events = [{ atMs: 0, object: 'g0-n0', type: 'Warning', reason: 'Odd', message } as const];
  const text = drawn({ ...model, snapshot: { ...model.snapshot, events } }, { columns: 120, rows: 40 });
  expect([...text].filter((char) => char !== '\n' && /\p{Cc}/u.test(char))).toEqual([]);
});

test('colours add nothing but colours', () => {
  const lines = frameOf(modelOf({ groups: 4, isSick: true }), { columns: 120, rows: 40 }).flatMap((band) => band.lines);
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  for (const line of lines) {
    expect(paint(line, true).replace(escapes, '')).toBe(textOf(line));
    expect(paint(line, false)).toBe(textOf(line));
  }
});
