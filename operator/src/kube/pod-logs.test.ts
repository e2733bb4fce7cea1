import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { PodLogs } from './pod-logs.ts';
import { answer, FakeApi, statusBody } from './testing/fake-api.ts';

const POD = { namespace: 'lab', name: 'demo-g0-0' };
let api: FakeApi;
let logs: PodLogs;

beforeEach(async () => {
  api = await FakeApi.start();
  logs = new PodLogs({ access: api.access, clock: systemClock, userAgent: 'test' });
});
afterEach(async () => {
  logs.close();
  await api.stop();
});

function say(write: (response: ServerResponse) => void): void {
  api.fault = ({ path }, response) => {
    if (!path.endsWith('/log')) return false;
    response.writeHead(200, { 'content-type': 'text/plain' });
    write(response);
    return true;
  };
}

test('a log is read as lines, as many and of which container as asked', async () => {
  say((response) => response.end('one\ntwo\n'));
  expect(await logs.read(POD, { container: 'rxd', lines: 2, previous: true })).toEqual(['one', 'two']);
  const [asked] = api.asked;
  expect(asked?.path).toBe('/api/v1/namespaces/lab/pods/demo-g0-0/log');
  expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({ container: 'rxd', tailLines: '2', previous: 'true' });
});

test('a container that has not begun has an empty log', async () => {
  api.fault = (_, response) => {
    answer(response, 400, statusBody(400, 'BadRequest', 'container "rxd" is waiting to start: ContainerCreating'));
    return true;
  };
  expect(await logs.read(POD, {})).toEqual([]);
});

test('what comes is given line by line, also when a chunk ends within one', async () => {
  say((response) => {
    response.write('{"a":1}\n{"b"');
    setImmediate(() => response.end(':2}\n'));
  });
  const lines: string[] = [];
  for await (const line of logs.follow(POD, { lines: 0 }, new AbortController().signal)) lines.push(line);
  expect(lines).toEqual(['{"a":1}', '{"b":2}']);
});

test('following ends with its signal', async () => {
  say((response) => response.write('first\n'));
  const stop = new AbortController();
  const lines: string[] = [];
  for await (const line of logs.follow(POD, {}, stop.signal)) {
    lines.push(line);
    stop.abort();
  }
  expect(lines).toEqual(['first']);
});
