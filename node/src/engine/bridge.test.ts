import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { RpcError } from '../rpc/errors.ts';
import { Caller, RemoteError, serve } from './bridge.ts';

class Refusal extends Error {
  readonly code = 'NOT_TODAY';
  readonly height = 7;
}

const target = {
  double: (n: number): number => n * 2,
  later: async (bytes: Uint8Array): Promise<Uint8Array> => bytes.slice().reverse(),
  elsewhere: (): never => {
    throw new RpcError('PARTITION_MOVED', { group: 3, epoch: 1 });
  },
  refuse: (): never => {
    throw new Refusal('no');
  },
};

type Events = { tick: number };

test('calls are answered, refusals keep their code, events arrive', async () => {
  const { port1, port2 } = new MessageChannel();
  const emit = serve<Events>(port1, target);
  const seen: number[] = [];
  const caller = new Caller<typeof target, Events>(port2, (_, payload) => seen.push(payload));
  expect(await caller.remote.double(21)).toBe(42);
  expect(await caller.remote.later(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(2, 1));
  await expect(caller.remote.refuse()).rejects.toMatchObject({ code: 'NOT_TODAY', facts: { height: 7 } });
  await expect(caller.remote.elsewhere()).rejects.toMatchObject({
    code: 'PARTITION_MOVED',
    facts: { group: 3, epoch: 1 },
  });
  emit('tick', 3);
  await caller.remote.double(1);
  expect(seen).toEqual([3]);
  expect(caller.inFlight).toBe(0);
  port1.close();
});

test('what is in flight fails when the other thread is gone', async () => {
  const { port1, port2 } = new MessageChannel();
  const caller = new Caller<typeof target, Events>(port2, () => undefined);
  const call = caller.remote.double(1);
  caller.close(new RemoteError('GONE', 'the thread ended'));
  await expect(call).rejects.toMatchObject({ code: 'GONE' });
  port1.close();
});
