import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChainStore } from './chain-store.ts';

const identity = { genesisId: 'ab'.repeat(32), group: 1 };
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
  const body = (n: number): Uint8Array => new Uint8Array(3 * 1024 * 1024).fill(n);
  const kept = [];
  for (let n = 1; n <= 12; n++) {
    store.commit(() => {
      store.putBody(id(n), body(n));
      store.putTip({ height: n, id: id(n) });
    });
    kept.push({ n, body: store.body(id(n))!, tip: store.tip()! });
    store.tidy();
    if (n % 4 === 0) store.remap();
  }
  for (const { n, body: bytes, tip } of kept) {
    expect([bytes.every((byte) => byte === n), tip.height, tip.id[0]]).toEqual([true, n, n]);
    expect(store.body(id(n))?.length).toBe(3 * 1024 * 1024);
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

test('the newest two snapshots are kept', async () => {
  const store = new ChainStore(dir, identity);
  for (const height of [256, 512, 768]) {
    store.commit(() => store.putSnapshot({ height, id: id(height / 256), bytes: Uint8Array.of(height / 256) }));
  }
  expect(store.snapshots().map((s) => [s.height, s.id[0], s.bytes[0]])).toEqual([
    [768, 3, 3],
    [512, 2, 2],
  ]);
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
  store.commit(() => store.putBody(id(1), new Uint8Array(100_000)));
  await store.close();
  harm(join(dir, 'chain.mdb'));
  expect(() => new ChainStore(dir, identity)).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
});

test('a LOCK left by a dead process is taken over', async () => {
  writeFileSync(join(dir, 'LOCK'), '999999 1\n');
  await new ChainStore(dir, identity).close();
});
