import { expect, test } from 'vitest';
import { KubeError } from '../kube/errors.ts';
import type { Happening } from '../kube/events.ts';
import type { KubeObject } from '../kube/resources.ts';
import { virtualClock } from '../kube/testing/clocks.ts';
import { TESTNETS } from './collections.ts';
import type { StatusWish } from './controller.ts';
import { StatusWriter } from './status-writer.ts';

type Written = KubeObject & {
  readonly status: {
    readonly observedGeneration: number;
    readonly conditions: readonly { readonly observedGeneration: number }[];
  };
};

function setUp() {
  const clock = virtualClock();
  const written: Written[] = [];
  const events: Happening[] = [];
  /** Of the next writes. */
  const refusals: KubeError[] = [];
  const writer = new StatusWriter({
    clock,
    fieldManager: 'test',
    record: (happening) => events.push(happening),
    rest: {
      applyStatus: async (_, object) => {
        const refusal = refusals.shift();
        if (refusal !== undefined) throw refusal;
        written.push(object as unknown as Written);
        return object;
      },
    },
  });
  const write = (object: KubeObject, wish: StatusWish) =>
    writer.write(TESTNETS.resource, object, wish, new AbortController().signal);
  const forget = (object: KubeObject): void => writer.forget(object);
  return { clock, written, events, refusals, write, forget };
}

function testnet(generation: number, resourceVersion: string, status?: unknown): KubeObject {
  const metadata = { name: 'demo', namespace: 'lab', uid: 'uid-1', generation, resourceVersion };
  return { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata, ...(status === undefined ? {} : { status }) };
}

function wish(height: number, status: 'True' | 'False'): StatusWish {
  return {
    fields: { minHeight: height },
    conditions: [
      { type: 'Ready', status, reason: status === 'True' ? 'BlocksGrow' : 'Starting', message: 'So it is.' },
    ],
    figures: ['minHeight'],
  };
}

test('figures are written once in five seconds, what turned at once', async () => {
  const { clock, written, write } = setUp();
  expect(await write(testnet(1, '1'), wish(0, 'False'))).toBeUndefined();
  expect(await write(testnet(1, '1'), wish(1, 'False'))).toBe(5_000);
  await clock.advance(1_000);
  expect(await write(testnet(1, '1'), wish(2, 'True'))).toBeUndefined();
  expect(written).toHaveLength(2);
  await clock.advance(5_000);
  expect(await write(testnet(1, '1'), wish(3, 'True'))).toBeUndefined();
  expect(written).toHaveLength(3);
});

test('what another operator has written is as good as written by this one', async () => {
  const { clock, written, write } = setUp();
  await write(testnet(1, '1'), wish(0, 'True'));
  const [ours] = written;
  await clock.advance(5_000);
  const theirs = { ...ours?.status, minHeight: 1 };
  expect(await write(testnet(1, '2', theirs), wish(2, 'True'))).toBe(5_000);
  expect(await write(testnet(1, '2', theirs), wish(1, 'True'))).toBeUndefined();
  expect(written).toHaveLength(1);
  await clock.advance(5_000);
  expect(await write(testnet(1, '2', theirs), wish(3, 'True'))).toBeUndefined();
  expect(written).toHaveLength(2);
  expect(await write(testnet(1, '3', { ...theirs, minHeight: 4 }), wish(5, 'False'))).toBeUndefined();
  expect(written).toHaveLength(3);
});

test('what no status gets into is told as events, once', async () => {
  const { refusals, events, written, write } = setUp();
  refusals.push(new KubeError('INVALID', 'spec.groups is 9 but spec.chain.partitions is 4'));
  const stalled: StatusWish = {
    fields: {},
    conditions: [{ type: 'Stalled', status: 'True', reason: 'InvalidSpec', message: 'So it is.' }],
    figures: [],
  };
  await expect(write(testnet(1, '1'), stalled)).rejects.toThrow('spec.groups is 9');
  expect(await write(testnet(1, '1'), stalled)).toBeUndefined();
  expect(events.map(({ reason, type }) => `${type} ${reason}`)).toEqual(['Warning InvalidSpec']);
  expect(written).toEqual([]);
  // Mended.
  expect(await write(testnet(2, '2'), wish(1, 'True'))).toBeUndefined();
  expect(written).toHaveLength(1);
});

test('counts that move are written once a second', async () => {
  const { clock, written, write } = setUp();
  const moving = (ready: number): StatusWish => ({
    ...wish(0, 'False'),
    fields: { minHeight: 0, readyNodes: ready },
    progress: ['readyNodes'],
  });
  expect(await write(testnet(1, '1'), moving(0))).toBeUndefined();
  expect(await write(testnet(1, '1'), moving(1))).toBe(1_000);
  await clock.advance(1_000);
  expect(await write(testnet(1, '1'), moving(2))).toBeUndefined();
  expect(written).toHaveLength(2);
});

test('of many objects figures are written more seldom', async () => {
  const { clock, written, write, forget } = setUp();
  const objects = Array.from({ length: 40 }, (_, index) => {
    const object = testnet(1, '1');
    return { ...object, metadata: { ...object.metadata, uid: `uid-${index}` } };
  });
  for (const object of objects) await write(object, wish(0, 'False'));
  const [first = testnet(1, '1'), ...others] = objects;
  await clock.advance(5_000);
  expect(await write(first, wish(1, 'False'))).toBe(15_000);
  for (const object of others) forget(object);
  expect(await write(first, wish(1, 'False'))).toBeUndefined();
  expect(written).toHaveLength(41);
});

test('of many objects turns are written a moment apart, a new generation at once', async () => {
  const { clock, written, write } = setUp();
  const objects = Array.from({ length: 120 }, (_, index) => {
    const object = testnet(1, '1');
    return { ...object, metadata: { ...object.metadata, uid: `uid-${index}` } };
  });
  for (const object of objects) await write(object, wish(0, 'False'));
  const [first = testnet(1, '1')] = objects;
  expect(await write(first, wish(0, 'True'))).toBe(1_000);
  const changed = { ...first, metadata: { ...first.metadata, generation: 2 } };
  expect(await write(changed, wish(0, 'False'))).toBeUndefined();
  await clock.advance(1_000);
  expect(await write(changed, wish(0, 'True'))).toBeUndefined();
  expect(written).toHaveLength(122);
});

test('a copy that lags leads to no second write, and to no second event', async () => {
  const { clock, written, events, write } = setUp();
  await write(testnet(1, '1'), wish(0, 'False'));
  await clock.advance(60_000);
  await write(testnet(1, '1'), wish(0, 'False'));
  expect(written).toHaveLength(1);
  await write(testnet(1, '1'), wish(0, 'True'));
  await write(testnet(1, '1'), wish(0, 'True'));
  expect(events.map(({ reason, type }) => `${type} ${reason}`)).toEqual(['Normal BlocksGrow']);
});

test('a new generation is told at once in every condition', async () => {
  const { written, write } = setUp();
  await write(testnet(1, '1'), wish(5, 'True'));
  await write(testnet(2, '2', written[0]?.status), wish(5, 'True'));
  expect(written[1]?.status.observedGeneration).toBe(2);
  expect(written[1]?.status.conditions.map((condition) => condition.observedGeneration)).toEqual([2]);
});

test('what another changed in the status is put back', async () => {
  const { written, write } = setUp();
  await write(testnet(1, '1'), wish(5, 'True'));
  await write(testnet(1, '9', { ...written[0]?.status, conditions: [] }), wish(5, 'True'));
  expect(written).toHaveLength(2);
});
