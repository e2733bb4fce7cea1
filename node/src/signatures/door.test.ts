import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { acceptedBySodium } from '../core/sodium.ts';
import { DoorError, SignatureDoor } from './door.ts';
import { Signer } from './signer.ts';
import { validByZip215 } from './zip215.ts';

interface SpecCase {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}
const vectors = new URL('../../../test/vectors/speccheck.json', import.meta.url);
const cases = JSON.parse(readFileSync(vectors, 'utf8')) as SpecCase[];
const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

const doors: SignatureDoor[] = [];
afterAll(() => Promise.all(doors.map((door) => door.close())));
function aDoor(): SignatureDoor {
  const door = new SignatureDoor();
  doors.push(door);
  return door;
}

const signer = new Signer(new Uint8Array(32).fill(7));
function aTransaction(nonce: number, forged = false): Uint8Array {
  const body = new Uint8Array(140);
  body.set(signer.publicKey, 6);
  new DataView(body.buffer).setUint32(100, nonce, true);
  const bytes = signer.signTransaction(body);
  if (forged) bytes[bytes.length - 1]! ^= 1;
  return bytes;
}

test.each(cases.map((spec, index) => ({ ...spec, index })))('speccheck case $index', ({ index, ...spec }) => {
  const [signature, message, key] = [hex(spec.signature), hex(spec.message), hex(spec.pub_key)];
  const fast = acceptedBySodium(signature, message, key);
  expect(fast).toBe(index === 3);
  expect(fast || validByZip215(signature, message, key)).toBe(index <= 5 || index === 9);
});

test('there are ten speccheck cases', () => {
  expect(cases.length).toBe(10);
});

test('good signatures pass, forged and short ones do not', async () => {
  const door = aDoor();
  const batch = [aTransaction(1), aTransaction(2, true), aTransaction(3), new Uint8Array(9)];
  expect(await door.verify(batch, '10.0.0.1:1')).toEqual([true, false, true, false]);
});

test('a verdict is remembered by the bytes: a damaged copy is judged again', async () => {
  const counted = { valid: 0, invalid: 0, remembered: 0, malformed: 0 };
  const nothing = { inc: () => {}, observe: () => {}, set: () => {} };
  const checked = {
    inc: ({ verdict }: { verdict: string }, by: number): void => {
      counted[verdict as keyof typeof counted] += by;
    },
  };
  const metrics = {
    signatures: { checked, slow: nothing, batchSeconds: nothing, waiting: nothing, remembered: nothing },
  };
  const door = new SignatureDoor({ metrics });
  doors.push(door);
  const good = aTransaction(1);
  expect(await door.verify([good], 'a')).toEqual([true]);
  expect(await door.verify([good.slice()], 'block')).toEqual([true]);
  const damaged = good.slice();
  damaged[100]! ^= 1;
  expect(await door.verify([damaged], 'a')).toEqual([false]);
  expect(await door.verify([damaged], 'b')).toEqual([false]);
  expect(counted).toEqual({ valid: 1, invalid: 1, remembered: 2, malformed: 0 });
});

test('many batches at once keep their order, over several chunks', async () => {
  const door = aDoor();
  const batches = Array.from({ length: 6 }, (_, b) =>
    Array.from({ length: 300 }, (_, i) => aTransaction(b * 1_000 + i)),
  );
  const forged = aTransaction(9_999, true);
  batches[3]![299] = forged;
  const verdicts = await Promise.all(batches.map((batch, b) => door.verify(batch, `c${b}`)));
  expect(verdicts.map((flags) => flags.filter((ok) => !ok).length)).toEqual([0, 0, 0, 1, 0, 0]);
  expect(verdicts[3]![299]).toBe(false);
});

test('a flood of forged signatures costs one slow check, then the connection is refused more', async () => {
  let slow = 0;
  const nothing = { inc: () => {}, observe: () => {}, set: () => {} };
  const counted = { ...nothing, inc: (by: number) => (slow += by) };
  const metrics = {
    signatures: { checked: nothing, slow: counted, batchSeconds: nothing, waiting: nothing, remembered: nothing },
  };
  const door = new SignatureDoor({ metrics });
  doors.push(door);
  const flood = Array.from({ length: 2_000 }, (_, i) => aTransaction(i, true));
  expect((await door.verify(flood, 'attacker')).some((ok) => ok)).toBe(false);
  expect(slow).toBeLessThan(20);
  await expect(
    door.verify(
      Array.from({ length: 9_000 }, (_, i) => aTransaction(i, true)),
      'x',
    ),
  ).rejects.toBeInstanceOf(DoorError);
  expect(await door.verify([aTransaction(5)], 'honest')).toEqual([true]);
});

test('signatures only ZIP-215 accepts pass, a few per connection', async () => {
  const door = aDoor();
  // A small-order key and R, S = 0: valid for every message by the cofactored rule, refused by libsodium.
  const smallOrder = hex(cases[0]!.pub_key);
  const odd = (nonce: number): Uint8Array => {
    const bytes = new Uint8Array(200);
    bytes.set(smallOrder, 6);
    new DataView(bytes.buffer).setUint32(100, nonce, true);
    bytes.set(smallOrder, 136);
    return bytes;
  };
  const few = Array.from({ length: 8 }, (_, i) => odd(i));
  expect(await door.verify(few, 'a')).toEqual(few.map(() => true));
  const many = Array.from({ length: 40 }, (_, i) => odd(100 + i));
  await expect(door.verify(many, 'a')).rejects.toBeInstanceOf(DoorError);
  expect((await door.verify(many, 'block')).every((ok) => ok)).toBe(true);
});

test('a closed door refuses and leaves no thread behind', async () => {
  const door = new SignatureDoor();
  expect(await door.verify([aTransaction(1)], 'a')).toEqual([true]);
  await door.close();
  await expect(door.verify([aTransaction(2)], 'a')).rejects.toThrow('closed');
});
