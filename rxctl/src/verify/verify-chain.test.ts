import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex, viewOf } from './bytes.ts';
import { readPages } from './pages.ts';
import type { Report } from './report.ts';
import { LOGGED_GROUP, type StoredNetwork, storeNetwork } from './testing/stored-network.ts';
import { verifyChain } from './verify-chain.ts';

const SEED = 0x5eed;
const DAMAGES = 20;
const ROUNDS = 14;

let dir: string;
let network: StoredNetwork;

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rexnet-verify-'));
  network = await storeNetwork(join(dir, 'net'), ROUNDS, randomFrom(SEED));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Verifies a copy of a folder one of whose files was changed. */
async function verifyChanged(folder: string, change: (file: Buffer) => void, name = 'chain.mdb'): Promise<Report> {
  const copy = join(dir, 'copy');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const other of ['node.json', 'chain.mdb', 'chain.log']) {
    if (existsSync(join(folder, other))) copyFileSync(join(folder, other), join(copy, other));
  }
  const file = readFileSync(join(folder, name));
  change(file);
  writeFileSync(join(copy, name), file);
  return verifyChain(copy, { genesis: network.genesis });
}

test('folders of all groups are clean when one of them joined half-way', async () => {
  const joined = await storeNetwork(join(dir, 'joined'), 6, randomFrom(SEED), true);
  expect(joined.folders).toHaveLength(4);
  for (const [group, folder] of joined.folders.entries()) {
    const report = await verifyChain(folder, { genesis: joined.genesis });
    expect(report.problems, `group ${group}`).toEqual([]);
    expect(report).toMatchObject({ clean: true, group });
    expect(report.blocks).toBeGreaterThan(2);
  }
});

interface Damage {
  readonly table: string;
  /** Id of the block it concerns, hex; empty for the tip. */
  readonly id: string;
  readonly offset: number;
  readonly bit: number;
}

/** Which block a row is about. */
function idOf(table: string, key: Uint8Array): string {
  if (table === 'headers' || table === 'snapshots') return hex(key.subarray(12));
  if (table === 'roots') return hex(key.subarray(8));
  return table === 'meta' ? '' : hex(key.subarray(0, 32));
}

/** Bits of stored values, every table alike however large it is. The remark beside a condemned block means nothing to anybody. */
function chooseDamages(folder: string, random: () => number, count: number): Damage[] {
  const file = readFileSync(join(folder, 'chain.mdb'));
  const tables = [...readPages(file).tables.values()].filter(({ rows }) => rows.some(({ value }) => value.length > 0));
  return Array.from({ length: count }, (_, i) => {
    const { name, rows } = tables[i % tables.length]!;
    const full = rows.filter(({ value }) => value.length > 0);
    const { key, value } = full[Math.floor(random() * full.length)]!;
    const at = Math.floor(random() * value.length);
    const bit = Math.floor(random() * 8);
    return { table: name, id: idOf(name, key), offset: value.byteOffset - file.byteOffset + at, bit };
  });
}

function flip(file: Buffer, { offset, bit }: Damage): void {
  file[offset] = file[offset]! ^ (1 << bit);
}

function names(report: Report, { table, id }: Damage): boolean {
  return report.problems.some((p) => p.table === table && (id === '' || p.id === id));
}

test('finds nothing wrong in what nodes store, and derives every part of it', async () => {
  for (const folder of network.folders) {
    const report = await verifyChain(folder, { genesis: network.genesis });
    expect(report.problems).toEqual([]);
    expect(report.notes).toEqual([]);
    expect(report.clean).toBe(true);
    expect(report.tip?.height).toBeGreaterThan(ROUNDS);
    expect(report.transactions).toBeGreaterThan(5);
    const idle = report.checks.filter(({ right }) => right === 0).map(({ name }) => name);
    expect(idle).toEqual(['parents']);
  }
});

test('names each of 20 flipped bits', async () => {
  const random = randomFrom(SEED);
  for (const folder of network.folders) {
    for (const damage of chooseDamages(folder, random, DAMAGES)) {
      const report = await verifyChanged(folder, (file) => flip(file, damage));
      expect(report.clean, JSON.stringify(damage)).toBe(false);
      expect(names(report, damage), JSON.stringify([damage, report.problems])).toBe(true);
      // One damage is one finding: what rests on it is put right or left undecided, not accused.
      expect(new Set(report.problems.map(({ id }) => id)).size, JSON.stringify([damage, report.problems])).toBe(1);
    }
  }
});

test('names 20 flipped bits at once, or says that what they are in cannot be judged', async () => {
  const folder = network.folders[0]!;
  const chosen = chooseDamages(folder, randomFrom(SEED + 1), 2 * DAMAGES);
  // Of two damages to one block the second may be left undecided.
  const damages = [...new Map(chosen.map((damage) => [damage.id, damage])).values()].slice(0, DAMAGES);
  const report = await verifyChanged(folder, (file) => {
    for (const damage of damages) flip(file, damage);
  });
  const isUndecided = ({ id }: Damage): boolean => report.notes.some((note) => note.includes(id.slice(0, 16)));
  expect(damages.filter((damage) => !names(report, damage) && !isUndecided(damage))).toEqual([]);
});

test('accuses one block when its header cannot be read, and leaves what rests on it undecided', async () => {
  const folder = network.folders[2]!;
  let id = '';
  const report = await verifyChanged(folder, (file) => {
    const { rows } = readPages(file).tables.get('headers')!;
    const { key, value } = rows.find((row) => hex(row.key).startsWith('000000020000000000000005'))!;
    id = idOf('headers', key);
    for (const offset of [30, 90, 200])
      flip(file, { table: '', id, offset: value.byteOffset - file.byteOffset + offset, bit: 1 });
  });
  expect(report.problems.map((problem) => problem.id)).toEqual([id]);
  expect(report.notes.some((note) => note.includes('damaged'))).toBe(true);
});

test('survives flipped bits anywhere in the file, and misses none that changes a row', async () => {
  const folder = network.folders[1]!;
  const random = randomFrom(SEED + 2);
  const rowsOf = (file: Uint8Array): string =>
    JSON.stringify(
      [...readPages(file).tables.values()].map(({ name, rows }) => [
        name,
        ...rows.map(({ key, value }) => [hex(key), hex(value)]),
      ]),
    );
  const original = rowsOf(readFileSync(join(folder, 'chain.mdb')));
  for (let i = 0; i < 3 * DAMAGES; i++) {
    let changed = '';
    const report = await verifyChanged(folder, (file) => {
      const at = Math.floor(random() * file.length);
      flip(file, { table: '', id: '', offset: at, bit: Math.floor(random() * 8) });
      changed = rowsOf(file);
    });
    if (changed !== original) expect(report.clean).toBe(false);
  }
});

test('misses no flipped bit of a large value, and none beyond the end of their file', async () => {
  const folder = network.folders[LOGGED_GROUP]!;
  const original = readFileSync(join(folder, 'chain.log'));
  const random = randomFrom(SEED + 3);
  for (let i = 0; i < DAMAGES; i++) {
    let at = 0;
    while (original[at] === 0) at = Math.floor(random() * original.length);
    const report = await verifyChanged(
      folder,
      (file) => flip(file, { table: '', id: '', offset: at, bit: Math.floor(random() * 8) }),
      'chain.log',
    );
    expect([at, report.clean]).toEqual([at, false]);
  }
  const copy = join(dir, 'copy');
  writeFileSync(join(copy, 'chain.log'), original.subarray(0, -4_096));
  const { problems } = await verifyChain(copy, { genesis: network.genesis });
  expect(problems.map(({ message }) => message)).toContainEqual(expect.stringMatching(/chain\.log ends at \d+, has/));
});

test('refuses folders of other networks and paths that are none', async () => {
  const [folder] = network.folders;
  await expect(verifyChain(dir, { genesis: network.genesis })).rejects.toThrow(/holds no chain.mdb/);
  await expect(verifyChain(folder!, { genesis: join(dir, 'nothing') })).rejects.toThrow(/does not exist/);
  const other = join(dir, 'other.bin');
  const bytes = Buffer.from(readFileSync(network.genesis));
  viewOf(bytes).setUint32(2, 99, true);
  writeFileSync(other, bytes);
  await expect(verifyChain(folder!, { genesis: other })).rejects.toThrow(/belongs to network/);
  expect((await verifyChain(folder!)).clean).toBe(true);
});
