// The verbs against a server over real HTTP: what goes over the wire, what failures become, and how many requests a failing server sees.
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { KubeError } from './errors.ts';
import { RestClient, type RestOptions } from './rest.ts';
import { virtualClock } from './testing/clocks.ts';
import { type Asked, answer, FakeApi, statusBody } from './testing/fake-api.ts';
import { CONFIG_MAPS, type ConfigMap, configMap, until } from './testing/things.ts';

const PLACE = { name: 'a', namespace: 'default' };
const BY = { fieldManager: 'rexnet-operator/test' };

let api: FakeApi;
let clients: RestClient[];

beforeEach(async () => {
  clients = [];
  api = await FakeApi.start();
});

afterEach(async () => {
  for (const client of clients) client.close();
  await api.stop();
});

function client(options: Partial<RestOptions> = {}): RestClient {
  const made = new RestClient({
    access: api.access,
    clock: systemClock,
    random: () => 0.5,
    userAgent: 'rexnet-operator/test',
    ...options,
  });
  clients.push(made);
  return made;
}

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

test('who may not write any more reads, keeps its lease and writes nothing', async () => {
  const rest = client({ mayWrite: () => false });
  const error = await failure(rest.apply(CONFIG_MAPS, configMap('a', '1'), BY));
  expect(error.code).toBe('ABORTED');
  expect(await rest.get(CONFIG_MAPS, PLACE)).toBeUndefined();
  await rest.create(CONFIG_MAPS, configMap('a', '1'), { ...BY, urgent: true });
  expect(api.asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
});

test('apply is a forced server-side apply with strict validation, and says who we are', async () => {
  const applied = await client().apply(CONFIG_MAPS, configMap('a', '1'), BY);
  expect(applied.metadata.uid).toBeDefined();
  const [asked] = api.asked;
  expect(asked?.method).toBe('PATCH');
  expect(asked?.path).toBe('/api/v1/namespaces/default/configmaps/a');
  expect(Object.fromEntries(asked?.query ?? [])).toEqual({
    fieldManager: 'rexnet-operator/test',
    fieldValidation: 'Strict',
    force: 'true',
  });
  expect(asked?.headers).toMatchObject({
    'content-type': 'application/apply-patch+yaml',
    'user-agent': 'rexnet-operator/test',
    authorization: 'Bearer test',
  });
  expect(asked?.body).toEqual(configMap('a', '1'));
});

test('a status is applied to its own door', async () => {
  api.put(CONFIG_MAPS, configMap('a'));
  await client().applyStatus(CONFIG_MAPS, configMap('a'), { ...BY, dryRun: true });
  expect(api.asked[0]?.path).toBe('/api/v1/namespaces/default/configmaps/a/status');
  expect(api.asked[0]?.query.get('dryRun')).toBe('All');
});

test('where nothing can be applied to what is stored its status is merged, and the server is not taken for failing', async () => {
  api.put(CONFIG_MAPS, configMap('a'));
  api.fault = ({ headers }, response) => {
    if (headers['content-type'] !== 'application/apply-patch+yaml') return false;
    const words =
      'failed to create typed live object (default/a; /v1, Kind=ConfigMap): .data: expected map, got &{fast}';
    answer(response, 500, statusBody(500, 'InternalError', words));
    return true;
  };
  // A failing server would be asked slowly, and this clock stands still.
  const rest = client({ clock: virtualClock() });
  for (let time = 0; time < 30; time++) await rest.applyStatus(CONFIG_MAPS, configMap('a'), BY);
  expect(api.asked.slice(0, 2).map(({ path, headers }) => `${path} ${headers['content-type']}`)).toEqual([
    '/api/v1/namespaces/default/configmaps/a/status application/apply-patch+yaml',
    '/api/v1/namespaces/default/configmaps/a/status application/merge-patch+json',
  ]);
  expect((await failure(rest.apply(CONFIG_MAPS, configMap('a'), BY))).code).toBe('ILLEGIBLE');
});

test('that an object exists already is an answer, that one is missing too', async () => {
  const rest = client();
  expect(await rest.get(CONFIG_MAPS, PLACE)).toBeUndefined();
  expect((await rest.create(CONFIG_MAPS, configMap('a', 'first'), BY)).kind).toBe('created');
  expect(await rest.create(CONFIG_MAPS, configMap('a', 'second'), BY)).toEqual({ kind: 'exists' });
  expect((await rest.get<ConfigMap>(CONFIG_MAPS, PLACE))?.data).toEqual({ value: 'first' });
});

test('a delete kills only the uid that was meant', async () => {
  const rest = client();
  const { metadata } = api.put(CONFIG_MAPS, configMap('a'));
  expect(await rest.delete(CONFIG_MAPS, { ...PLACE, uid: 'an older one' })).toBe('replaced');
  expect(await rest.delete(CONFIG_MAPS, { ...PLACE, uid: metadata.uid ?? '' })).toBe('deleted');
  expect(await rest.delete(CONFIG_MAPS, { ...PLACE, uid: metadata.uid ?? '' })).toBe('absent');
  expect(api.asked[0]?.body).toMatchObject({ propagationPolicy: 'Background', preconditions: { uid: 'an older one' } });
});

test('replace loses against a newer version', async () => {
  const rest = client();
  const first = api.put(CONFIG_MAPS, configMap('a', '1'));
  api.put(CONFIG_MAPS, configMap('a', '2'));
  expect((await failure(rest.replace(CONFIG_MAPS, first, BY))).code).toBe('CONFLICT');
});

test('a list is read in pages and names the kind of its items', async () => {
  for (let n = 0; n < 1_201; n++) api.put(CONFIG_MAPS, configMap(`c${n}`, '', `ns-${n % 3}`));
  const { items, resourceVersion } = await client().list<ConfigMap>(CONFIG_MAPS, { labelSelector: 'a=b' });
  expect([items.length, items[0]?.kind, items[0]?.apiVersion]).toEqual([1_201, 'ConfigMap', 'v1']);
  expect(Number(resourceVersion)).toBe(1_301);
  expect(api.asked.map(({ query }) => query.get('continue'))).toEqual([null, '500', '1000']);
  expect(api.asked[0]?.query.get('labelSelector')).toBe('a=b');
});

test('requests share kept-alive connections', async () => {
  const rest = client();
  for (let n = 0; n < 5; n++) await rest.get(CONFIG_MAPS, PLACE);
  expect(new Set(api.asked.map(({ socket }) => socket)).size).toBe(1);
});

test.each([
  [422, 'Invalid', 'INVALID', false],
  [400, 'BadRequest', 'INVALID', false],
  [403, 'Forbidden', 'FORBIDDEN', false],
  [401, 'Unauthorized', 'UNAUTHORISED', false],
  [410, 'Expired', 'EXPIRED', false],
  [409, 'Conflict', 'CONFLICT', false],
  [500, 'InternalError', 'SERVER', true],
  [503, '', 'SERVER', true],
  [504, 'Timeout', 'TIMEOUT', true],
] as const)('%i %s becomes %s in the words of the server', async (status, reason, code, transient) => {
  api.fault = (_, response) => {
    answer(response, status, statusBody(status, reason, 'spec.groups: too many', ['spec.groups']));
    return true;
  };
  const error = await failure(client().apply(CONFIG_MAPS, configMap('a'), BY));
  expect(error).toMatchObject({ code, status, transient, fields: ['spec.groups'] });
  expect(error.message).toBe('PATCH /api/v1/namespaces/default/configmaps/a: spec.groups: too many');
});

test('a proxy that speaks no Kubernetes is quoted', async () => {
  api.fault = (_, response) => {
    answer(response, 502, '<h1>Bad Gateway</h1>');
    return true;
  };
  expect(await failure(client().list(CONFIG_MAPS))).toMatchObject({
    code: 'SERVER',
    message: 'GET /api/v1/configmaps: <h1>Bad Gateway</h1>',
  });
});

test('a 200 that is no JSON is a bad reply', async () => {
  api.fault = (_, response) => {
    answer(response, 200, 'hello');
    return true;
  };
  expect(await failure(client().list(CONFIG_MAPS))).toMatchObject({ code: 'BAD_REPLY', transient: true });
});

test('a reset, a stall and a refused connection are typed', async () => {
  const rest = client();
  api.fault = ({ socket }) => {
    socket.resetAndDestroy();
    return true;
  };
  expect((await failure(rest.get(CONFIG_MAPS, PLACE))).code).toBe('UNREACHABLE');
  api.fault = () => true;
  expect((await failure(client({ deadlineMs: 300 }).get(CONFIG_MAPS, PLACE))).code).toBe('TIMEOUT');
  expect((await failure(rest.get(CONFIG_MAPS, PLACE, { signal: AbortSignal.abort() }))).code).toBe('ABORTED');
  await api.stop();
  expect((await failure(rest.get(CONFIG_MAPS, PLACE))).code).toBe('UNREACHABLE');
  api = await FakeApi.start();
});

test('a body that stalls halfway ends at the deadline', async () => {
  api.fault = (_, response) => {
    response.writeHead(200);
    response.write('{"items":');
    return true;
  };
  expect((await failure(client({ deadlineMs: 300 }).list(CONFIG_MAPS))).code).toBe('TIMEOUT');
});

test('a request on a kept-alive socket that has died is sent again, once', async () => {
  const rest = client();
  api.put(CONFIG_MAPS, configMap('a'));
  await rest.get(CONFIG_MAPS, PLACE);
  let dead = 1;
  api.fault = ({ socket }) => {
    if (dead-- <= 0) return false;
    socket.resetAndDestroy();
    return true;
  };
  expect(await rest.get(CONFIG_MAPS, PLACE)).toBeDefined();
  expect(api.asked.length).toBe(3);
});

test('after 429 with Retry-After nothing leaves before its time, but for the lease', async () => {
  const rest = client();
  let refuse = 1;
  api.fault = (_, response) => {
    if (refuse-- <= 0) return false;
    answer(response, 429, statusBody(429, 'TooManyRequests', 'later'), { 'retry-after': '1' });
    return true;
  };
  expect(await failure(rest.get(CONFIG_MAPS, PLACE))).toMatchObject({ code: 'BUSY', retryAfterMs: 1_000 });
  const held = rest.get(CONFIG_MAPS, PLACE);
  await rest.get(CONFIG_MAPS, { name: 'lease', namespace: 'default' }, { urgent: true });
  await held;
  const [refused, urgent, late] = api.asked;
  expect([urgent?.path.endsWith('/lease'), late?.path.endsWith('/a')]).toEqual([true, true]);
  expect((late?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThan(950);
});

test('waiting for its turn makes no request late', async () => {
  const clock = virtualClock();
  const rest = client({ clock });
  let refuse = 1;
  api.fault = (_, response) => {
    if (refuse-- <= 0) return false;
    answer(response, 503, statusBody(503, 'ServiceUnavailable', 'later'), { 'retry-after': '25' });
    return true;
  };
  await failure(rest.get(CONFIG_MAPS, PLACE));
  const held = rest.get(CONFIG_MAPS, PLACE);
  await clock.advance(24_999);
  expect(api.asked.length).toBe(1);
  await clock.advance(1);
  expect(await held).toBeUndefined();
});

test('once a server fails, requests leave slowly', async () => {
  const rest = client();
  api.fault = (_, response) => {
    answer(response, 500, statusBody(500, 'InternalError', 'etcd is gone'));
    return true;
  };
  await failure(rest.get(CONFIG_MAPS, PLACE));
  await Promise.all(Array.from({ length: 19 }, () => failure(rest.get(CONFIG_MAPS, PLACE))));
  const at = api.asked.map(({ atMs }) => atMs);
  // Fifteen at 15 a second, after a burst of 4.
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(900);
});

test('a watch asks for bookmarks and a random end, yields events and ends with the server', async () => {
  const rest = client({ random: () => 0.999 });
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const event of rest.watch<ConfigMap>(CONFIG_MAPS, { resourceVersion: '100' }, stop.signal)) {
      seen.push(event.type === 'BOOKMARK' ? `BOOKMARK ${event.resourceVersion}` : `${event.type} ${event.object.kind}`);
    }
  })();
  await until('the watch is open', () => api.watching === 1);
  const object = api.put(CONFIG_MAPS, configMap('ä'.repeat(40_000)));
  api.remove(CONFIG_MAPS, object);
  api.bookmark();
  await until('all events', () => seen.length === 3);
  api.endWatches();
  await watching;
  expect(seen).toEqual(['ADDED ConfigMap', 'DELETED ConfigMap', 'BOOKMARK 103']);
  expect(api.asked[0]?.query.get('allowWatchBookmarks')).toBe('true');
  expect(api.asked[0]?.query.get('timeoutSeconds')).toBe('600');
});

test('a watch ends without a word when the caller leaves, and its connection with it', async () => {
  const stop = new AbortController();
  const events = client().watch(CONFIG_MAPS, { resourceVersion: '100' }, stop.signal);
  const first = events.next();
  await until('the watch is open', () => api.watching === 1);
  stop.abort();
  expect(await first).toEqual({ done: true, value: undefined });
  await until('the connection is closed', () => api.watching === 0);
});

test.each([
  ['cut', 'UNREACHABLE', () => api.cutWatches()],
  ['given nonsense', 'BAD_REPLY', () => api.say('nonsense\n')],
  [
    'told 410',
    'EXPIRED',
    () => api.say(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired', '') })}\n`),
  ],
] as const)('a watch that is %s throws %s', async (_, code, act) => {
  const done = failure(watched(client()));
  await until('the watch is open', () => api.watching === 1);
  act();
  expect((await done).code).toBe(code);
});

test('the silence of a watch ends it, and proves nothing against the server', async () => {
  const rest = client({ watchIdleMs: 300 });
  api.fault = failGets;
  await failure(rest.get(CONFIG_MAPS, PLACE));
  await watched(rest);
});

test('a watch that has been silent since requests failed is asked for anew long before others', async () => {
  const clock = virtualClock();
  const outcomes: string[] = [];
  const rest = client({ clock, observe: ({ outcome }) => outcomes.push(outcome) });
  api.fault = failGets;
  await failure(rest.get(CONFIG_MAPS, PLACE));
  const isOver = [false, false];
  const watching = [watched(rest).then(() => (isOver[0] = true))];
  await until('the first is open', () => outcomes.at(-1) === '200');
  await clock.advance(20_000);
  await until('the first is over', () => isOver[0] === true);
  watching.push(watched(rest).then(() => (isOver[1] = true)));
  await until('the second is open', () => outcomes.length === 3);
  await clock.advance(80_000);
  expect(isOver[1]).toBe(false);
  await clock.advance(20_000);
  await Promise.all(watching);
});

function failGets(asked: Asked, response: ServerResponse): boolean {
  if (asked.query.get('watch') === 'true') return false;
  answer(response, 500, statusBody(500, 'InternalError', 'no'));
  return true;
}

async function watched(rest: RestClient): Promise<void> {
  for await (const _event of rest.watch(CONFIG_MAPS, { resourceVersion: '100' }, new AbortController().signal));
}
