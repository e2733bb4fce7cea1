import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerWritableStream } from '@grpc/grpc-js';
import pino from 'pino';
import { expect, test } from 'vitest';
import { Calls } from './calls.ts';
import { Connections } from './connections.ts';

const MESSAGES = 50;

/** A caller that reads everything at once and keeps nothing. */
class Reader extends EventEmitter {
  readonly request = {};
  written = 0;

  getPeer(): string {
    return 'nobody:1';
  }

  write(): boolean {
    this.written += 1;
    return true;
  }

  end(): void {
    this.emit('ended');
  }
}

test('a stream keeps no message it has sent', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const limits = { connections: 1, connectionsPerAddress: 1, callsPerSecond: 1 };
  const connections = new Connections({ limits, accept: () => undefined, nowMs: () => 0 });
  const calls = new Calls({ connections, log: pino({ level: 'silent' }) });
  const sent: WeakRef<Uint8Array>[] = [];
  const handler = calls.serverStream('Node.WatchLogs', async function* (_: object, { signal }) {
    for (let i = 0; i < MESSAGES; i++) {
      const message = new Uint8Array(1_000);
      sent.push(new WeakRef(message));
      yield message;
    }
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const reader = new Reader();
  const failures: unknown[] = [];
  reader.on('error', (error: unknown) => failures.push(error));
  handler(reader as unknown as ServerWritableStream<object, Uint8Array>);
  while (reader.written < MESSAGES) await turn();
  await turn();
  collect();
  await turn();
  collect();
  // The generator's last one may still stand in its frame.
  expect(sent.filter((message) => message.deref() !== undefined).length).toBeLessThanOrEqual(2);
  reader.emit('cancelled');
  await turn();
  expect(failures).toMatchObject([{ code: 1 }]);
  expect(calls.active).toBe(0);
});
