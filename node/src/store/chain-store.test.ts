import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BODY, PROVEN_LEAF } from '../core/layouts.ts';
import { leavesInBody } from './body-leaves.ts';
import { ChainStore, type ExecutedBlock } from './chain-store.ts';

const identity = { genesisId: 'ab'.repeat(32), group: 1 };
const NO_BYTES = new Uint8Array(0);
const id = (n: number): Uint8Array => new Uint8Array(32).fill(n);
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rexnet-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function receiptOf(root: Uint8Array): Uint8Array {
  const receipt = new Uint8Array(184);
  receipt.set(root, 32);
  return receipt;
}

/** A block most of whose records are as large. */
function executed(n: number, size: number): ExecutedBlock {
  const bytes = new Uint8Array(size).fill(n);
  const outcome = { diff: bytes, undo: bytes, receipts: NO_BYTES, outbox: [{ group: 3, leaf: bytes }], totals: id(n) };
  return { height: n, id: id(n), body: bytes, outcome };
}

test('what was committed is found again', async () => {
  const store = new ChainStore(dir, identity);
  const header = { group: 1, height: 5, id: id(5), header: Uint8Array.of(1, 2), witness: Uint8Array.of(3) };
  store.commit(() => {
    store.putHeader(header);
    store.putHeader({ ...header, group: 2 });
    store.putExecuted({
      height: 5,
      id: id(5),
      body: Uint8Array.of(9),
      outcome: {
        diff: Uint8Array.of(1),
        undo: Uint8Array.of(2),
        receipts: Buffer.concat([receiptOf(id(7)), receiptOf(id(8)), receiptOf(id(7))]),
        outbox: [{ group: 3, leaf: Uint8Array.of(4) }],
        totals: Uint8Array.of(5),
      },
    });
  });
  await store.close();
  const again = new ChainStore(dir, identity);
  expect(again.tip()).toMatchObject({ height: 5 });
  expect([...again.headers(1)].map((h) => [h.height, [...h.header], [...h.witness]])).toEqual([[5, [1, 2], [3]]]);
  expect([...again.headers(1, 6)]).toEqual([]);
  expect(again.outbox(id(5))?.map((o) => [o.group, ...o.leaf])).toEqual([[3, 4]]);
  expect(again.blocksWith(id(7)).map((b) => b.height)).toEqual([5]);
  expect(again.blocksWith(id(9))).toEqual([]);
  await again.close();
});

test('mapped memory is given back while the store is in use', async () => {
  const store = new ChainStore(dir, identity);
  const kept = [];
  for (let n = 1; n <= 12; n++) {
    store.commit(() => store.putExecuted(executed(n, 3 * 1024 * 1024)));
    kept.push({ n, undo: store.undo(id(n))!, tip: store.tip()! });
    store.tidy();
    if (n % 4 === 0) store.remap();
  }
  for (const { n, undo, tip } of kept) {
    expect([tip.height, tip.id[0]]).toEqual([n, n]);
    for (const bytes of [undo, store.undo(id(n))!])
      expect(Buffer.compare(bytes, executed(n, bytes.length).body)).toBe(0);
  }
  expect(store.tip()).toMatchObject({ height: 12 });
  // Only Linux tells.
  if (!existsSync('/proc/self/status')) return store.close();
  const mapped = (): number => Number(/RssFile:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const before = mapped();
  store.remap();
  expect(before - mapped()).toBeGreaterThan(8 * 1024);
  await store.close();
});

test('headers of all groups come back in step', async () => {
  const store = new ChainStore(dir, identity);
  expect([...store.allHeaders()]).toEqual([]);
  const places = [1, 0, 70_000].flatMap((group) => [70, 1, 63, 200].map((height) => [group, height] as const));
  store.commit(() => {
    for (const [group, height] of places) {
      store.putHeader({ group, height, id: id(1), header: Uint8Array.of(group & 0xff, height), witness: NO_BYTES });
    }
  });
  const group = 70_000 & 0xff;
  expect([...store.allHeaders()].map(({ bytes }) => [...bytes])).toEqual(
    [[1, 63], [70], [200]].flatMap((step) => [0, 1, group].flatMap((g) => step.map((height) => [g, height]))),
  );
  await store.close();
});

test('the newest three snapshots are kept', async () => {
  const store = new ChainStore(dir, identity);
  for (const height of [256, 512, 768, 1_024]) {
    store.commit(() => store.putSnapshot({ height, id: id(height / 256), bytes: Uint8Array.of(height / 256) }));
  }
  expect(store.snapshots().map((s) => [s.height, s.id[0], s.bytes[0]])).toEqual([
    [1_024, 4, 4],
    [768, 3, 3],
    [512, 2, 2],
  ]);
  expect(store.snapshot({ height: 768, id: id(3) })?.[0]).toBe(3);
  expect(store.base()).toBeUndefined();
  await store.close();
});

test('a state from a peer takes the place of all snapshots, and stays', async () => {
  const store = new ChainStore(dir, identity);
  const put = (height: number) =>
    store.commit(() => store.putSnapshot({ height, id: id(height / 256), bytes: Uint8Array.of(height / 256) }));
  for (const height of [512, 768]) put(height);
  store.commit(() => store.putBase({ height: 256, id: id(9), bytes: Uint8Array.of(9) }));
  expect(store.tip()).toMatchObject({ height: 256 });
  expect(store.base()?.id[0]).toBe(9);
  for (const height of [512, 768, 1_024, 1_280]) put(height);
  expect(store.snapshots().map((s) => s.height)).toEqual([1_280, 1_024, 768, 256]);
  await store.close();
});

test('a transaction that throws leaves nothing', async () => {
  const store = new ChainStore(dir, identity);
  expect(() =>
    store.commit(() => {
      store.putTip({ height: 1, id: id(1) });
      throw new Error('power cut');
    }),
  ).toThrow('power cut');
  expect(store.tip()).toBeUndefined();
  await store.close();
});

test('a folder in use, of another group, or of another network is refused', async () => {
  const store = new ChainStore(dir, identity);
  expect(() => new ChainStore(dir, identity)).toThrow(expect.objectContaining({ code: 'LOCKED' }));
  await store.close();
  expect(() => new ChainStore(dir, { ...identity, group: 2 })).toThrow(expect.objectContaining({ code: 'FOREIGN' }));
  expect(() => new ChainStore(dir, { ...identity, genesisId: 'cd'.repeat(32) })).toThrow(
    expect.objectContaining({ code: 'FOREIGN' }),
  );
});

test.each([
  ['cut short', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['overwritten', (path: string) => writeFileSync(path, Buffer.alloc(20_000, 0x55))],
])('a database that was %s is refused as damaged', async (_, harm) => {
  const store = new ChainStore(dir, identity);
  store.commit(() => store.putExecuted(executed(1, 100_000)));
  await store.close();
  harm(join(dir, 'chain.mdb'));
  expect(() => new ChainStore(dir, identity)).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
});

test('large values lie in the log, those of other groups once', async () => {
  const store = new ChainStore(dir, identity);
  const large = (n: number): Uint8Array => Uint8Array.from({ length: 9_000 + n }, (_, i) => i * n);
  const proven = PROVEN_LEAF.encode({ leaf: large(3), path: [id(1), id(2)] });
  const batches = [PROVEN_LEAF.decode(proven), { leaf: Uint8Array.of(1), path: [] }, { leaf: large(5), path: [id(3)] }];
  const body = BODY.encode({ mapUpdate: NO_BYTES, bitcoinHeaders: [], batches, transactions: [large(7)] });
  const block = { ...executed(1, 5_000), body };
  const leaves = leavesInBody(body, BODY.decode(body), [id(7), id(8), id(9)]);
  store.commit(() => store.putLeaf(id(7), proven));
  const before = store.writtenBytes;
  store.commit(() => store.putExecuted({ ...block, leaves }));
  const written = store.writtenBytes - before;
  expect(written).toBeLessThan(body.length - proven.length + 4 * 5_000 + 1_000);
  await store.close();
  const again = new ChainStore(dir, identity);
  expect(Buffer.compare(again.body(id(1))!, body)).toBe(0);
  expect(PROVEN_LEAF.encode(again.leaf(id(7))!)).toEqual(proven);
  expect(Buffer.compare(again.diff(id(1))!, block.outcome.diff)).toBe(0);
  expect(again.outbox(id(1))!.map(({ leaf }) => leaf.length)).toEqual([5_000]);
  await again.close();
  truncateSync(join(dir, 'chain.log'), 8_192);
  expect(() => new ChainStore(dir, identity)).toThrow(/chain\.log has 8192 bytes where/);
});

test('what a process left in the log without committing it is overwritten', async () => {
  const store = new ChainStore(dir, identity);
  store.commit(() => store.putExecuted(executed(1, 10_000)));
  const cut = (): void => {
    store.putExecuted(executed(2, 5_000_000));
    throw new Error('power cut');
  };
  expect(() => store.commit(cut)).toThrow('power cut');
  expect(store.body(id(2))).toBeUndefined();
  await store.close();
  const again = new ChainStore(dir, identity);
  again.commit(() => again.putExecuted(executed(3, 7_000)));
  for (const [n, size] of [
    [1, 10_000],
    [3, 7_000],
  ] as const) {
    expect(Buffer.compare(again.body(id(n))!, new Uint8Array(size).fill(n))).toBe(0);
  }
  await again.close();
});

test('a LOCK left by a dead process is taken over', async () => {
  writeFileSync(join(dir, 'LOCK'), '999999 1\n');
  await new ChainStore(dir, identity).close();
});
