import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evenOwners, firstShardMap } from '@rexnet/node/chain/shard-map.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadAccounts } from './accounts.ts';
import { Nonces } from './nonces.ts';
import { Pairs } from './pairs.ts';
import { checkPresigned, type PresignedHeader, presign, Replay } from './presigned.ts';
import { PresignedFile } from './presigned-file.ts';
import { SignAhead, type SignerParts } from './sign-ahead.ts';
import { KINDS } from './workloads.ts';

const COUNT = 50;
const accounts = loadAccounts(1, firstShardMap(evenOwners(16, 2)), { accountsPerGroup: 3 });
const HEADER: PresignedHeader = {
  ...{ networkId: '01020304', workload: 'Transfer', seed: 9, crossGroupPercent: null, gasLimit: '28000', count: COUNT },
  nonces: accounts.map(() => 4),
};

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'presigned-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function parts(first = 4): SignerParts {
  const kind = KINDS.Transfer;
  if (!('make' in kind)) throw new Error('a transfer needs no contract');
  const workload = kind.make({ accounts, networkId: Uint8Array.of(1, 2, 3, 4), gasPrice: 1n });
  const pairs = new Pairs({ groups: accounts.map(({ group }) => group), seed: 9 });
  return { accounts, nonces: accounts.map(() => new Nonces(first)), pairs, workload, clock: { wallMs: () => 1_000 } };
}

function writeFile(): void {
  writeFileSync(path, '');
  expect(presign(parts(), HEADER, (piece) => appendFileSync(path, piece))).toBe(COUNT);
}

test('what was signed beforehand is offered in its order, byte by byte', () => {
  writeFile();
  const file = new PresignedFile(path);
  expect(file.header).toEqual(HEADER);
  const replay = new Replay(parts(), file);
  const fresh = new SignAhead(parts());
  for (let i = 0; i < COUNT; i++) {
    const [replayed, signed] = [replay.next(), fresh.next()];
    const { bytes, ...rest } = replayed;
    expect(rest).toMatchObject({ payment: signed.payment, nonce: signed.nonce });
    expect(rest.key).toHaveLength(32);
    // It is valid for longer: for all the time that a file may lie about.
    expect(bytes.length).toBe(signed.bytes.length);
  }
  // After the last one it signs for itself.
  expect(replay.next().payment).toEqual(fresh.next().payment);
  file.close();
});

test('a sender whose nonces went another way is signed for anew', () => {
  writeFile();
  const file = new PresignedFile(path);
  expect(Array.from({ length: COUNT }, () => 0).map(() => new Replay(parts(5), file).next().nonce)).toEqual(
    new Array<number>(COUNT).fill(5),
  );
  file.close();
});

test.each([
  [{ networkId: 'ffffffff' }, 'the file was signed for networkId 01020304, this run has ffffffff'],
  [{ gasLimit: '1' }, 'the file was signed for gasLimit 28000, this run has 1'],
  [{ nonces: accounts.map(() => 5) }, 'its accounts have sent other transactions since the file was signed'],
  [{ count: 51 }, 'the file holds 50 transactions, this run offers 51'],
])('a file for another load is refused: %j', (change, message) => {
  expect(() => checkPresigned(HEADER, { ...HEADER, ...change })).toThrow(message);
  expect(() => checkPresigned(HEADER, { ...HEADER, count: 10 })).not.toThrow();
});

test('a damaged file is refused', () => {
  writeFile();
  truncateSync(path, 500);
  const file = new PresignedFile(path);
  expect(() => {
    while (file.next() !== undefined);
  }).toThrow('the file ends within a transaction');
  file.close();
  writeFileSync(path, 'something else');
  expect(() => new PresignedFile(path)).toThrow(/holds no presigned transactions|has no header/);
});
