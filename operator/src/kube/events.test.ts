// What becomes of happenings: one event each, repeats counted, floods dropped, failures swallowed.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventRecorder, type Happening } from './events.ts';
import { RestClient } from './rest.ts';
import { type VirtualClock, virtualClock } from './testing/clocks.ts';
import { answer, FakeApi, statusBody } from './testing/fake-api.ts';
import { configMap, until } from './testing/things.ts';

let api: FakeApi;
let rest: RestClient;
let clock: VirtualClock;
let recorder: EventRecorder;
let dropped: string[];

beforeEach(async () => {
  api = await FakeApi.start();
  clock = virtualClock();
  rest = new RestClient({ access: api.access, clock, random: () => 0, userAgent: 'test' });
  dropped = [];
  recorder = new EventRecorder({
    rest,
    clock,
    controller: 'rexnet.dev/operator',
    instance: 'operator-0',
    fieldManager: 'rexnet-operator/events',
    onDropped: (_, why) => dropped.push(why),
  });
});

afterEach(async () => {
  rest.close();
  await api.stop();
});

function happening(note = 'The first block is there.', name = 'demo'): Happening {
  const regarding = { ...configMap(name), metadata: { name, namespace: 'default', uid: `uid of ${name}` } };
  return { regarding, type: 'Normal', reason: 'FirstBlock', action: 'Reconcile', note };
}

test('one transition is one event, with times of six decimals', async () => {
  recorder.record(happening());
  await recorder.idle();
  expect(api.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /apis/events.k8s.io/v1/namespaces/default/events',
  ]);
  expect(api.asked[0]?.body).toMatchObject({
    eventTime: '2026-01-02T03:04:05.678000Z',
    reportingController: 'rexnet.dev/operator',
    reportingInstance: 'operator-0',
    reason: 'FirstBlock',
    action: 'Reconcile',
    type: 'Normal',
    note: 'The first block is there.',
    regarding: { kind: 'ConfigMap', name: 'demo', namespace: 'default', uid: 'uid of demo' },
  });
});

test('repeats are counted in it, written once a minute', async () => {
  for (let second = 0; second < 130; second++) {
    recorder.record(happening());
    await recorder.idle();
    await clock.advance(1_000);
  }
  expect(api.asked.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH']);
  expect(api.asked[1]?.path).toMatch(/events\/demo\.[0-9a-f]{16}$/);
  expect(api.asked[2]?.body).toEqual({ series: { count: 121, lastObservedTime: '2026-01-02T03:06:05.678000Z' } });
  expect(api.asked[2]?.headers['content-type']).toBe('application/merge-patch+json');
});

test('two of a kind in one breath are one event', async () => {
  recorder.record(happening());
  recorder.record(happening());
  await recorder.idle();
  expect(api.asked.length).toBe(1);
});

test('after ten quiet minutes it is a new event', async () => {
  recorder.record(happening());
  await recorder.idle();
  await clock.advance(600_000);
  recorder.record(happening());
  await recorder.idle();
  expect(api.asked.map(({ method }) => method)).toEqual(['POST', 'POST']);
});

test('an object that will not stop talking is cut short; others are heard', async () => {
  for (let n = 0; n < 40; n++) recorder.record(happening(`height ${n}`));
  recorder.record(happening('ready', 'other'));
  await recorder.idle();
  expect(api.asked.length).toBe(26);
  expect(dropped).toEqual(Array(15).fill('too many events about this object'));
});

test('a failure is dropped with the sentence of the server, and the next one tried anew', async () => {
  api.fault = (_, response) => {
    answer(response, 403, statusBody(403, 'Forbidden', 'events is forbidden'));
    return true;
  };
  recorder.record(happening());
  await recorder.idle();
  expect(dropped).toEqual(['POST /apis/events.k8s.io/v1/namespaces/default/events: events is forbidden']);
  api.fault = () => false;
  recorder.record(happening());
  await recorder.idle();
  expect(api.asked.length).toBe(2);
});

test('a note is cut to 1024 bytes between characters', async () => {
  recorder.record(happening('ä'.repeat(2_000)));
  await recorder.idle();
  const { note } = (api.asked[0]?.body ?? {}) as Readonly<Record<'note', string>>;
  expect([note.endsWith('ä…'), Buffer.byteLength(note)]).toEqual([true, 1_023]);
});

test('a flood is written at twenty a second, and no more once the signal fires', async () => {
  const stop = new AbortController();
  const paced = new EventRecorder({
    rest,
    clock,
    controller: 'rexnet.dev/operator',
    instance: 'operator-0',
    fieldManager: 'rexnet-operator/events',
    signal: stop.signal,
  });
  for (let n = 0; n < 80; n++) paced.record(happening('ready', `object-${n}`));
  await until('the first are written', () => api.asked.length === 50);
  for (const written of [51, 52, 53]) {
    await clock.advance(50);
    await until('one more is written', () => api.asked.length === written);
  }
  stop.abort();
  await paced.idle();
  expect(api.asked.length).toBe(53);
});
