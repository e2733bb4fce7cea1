// The local copy against a server that ends, cuts, forgets and refuses, over real HTTP; time runs twenty times as fast.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KubeError } from './errors.ts';
import { Reflector } from './reflector.ts';
import { RestClient } from './rest.ts';
import { fastClock, virtualClock } from './testing/clocks.ts';
import { answer, FakeApi, statusBody } from './testing/fake-api.ts';
import { CONFIG_MAPS, type ConfigMap, configMap, until } from './testing/things.ts';

const FAST = 20;
/** Three real seconds. */
const DEADLINE_MS = 60_000;

let api: FakeApi;
let rest: RestClient;
let stop: AbortController;
let running: Promise<void>;
let heard: string[];
let troubles: KubeError[];

beforeEach(async () => {
  api = await FakeApi.start();
  const clock = fastClock(FAST);
  rest = new RestClient({ access: api.access, clock, random: () => 0, userAgent: 'test', deadlineMs: DEADLINE_MS });
  stop = new AbortController();
  heard = [];
  troubles = [];
});

afterEach(async () => {
  stop.abort();
  await running;
  rest.close();
  await api.stop();
});

function reflect(namespace?: string): Reflector<ConfigMap> {
  const reflector = new Reflector<ConfigMap>({
    rest,
    resource: CONFIG_MAPS,
    ...(namespace === undefined ? {} : { selection: { namespace } }),
    clock: fastClock(FAST),
    random: () => 0,
    enqueue: ({ key, before, now }) => {
      heard.push(`${key} ${before?.data?.['value'] ?? '-'}>${now?.data?.['value'] ?? '-'}`);
    },
    onTrouble: (error) => troubles.push(error),
  });
  running = reflector.run(stop.signal);
  return reflector;
}

async function synced(reflector: Reflector<ConfigMap>): Promise<void> {
  await reflector.synced;
  await until('the watch is open', () => api.watching === 1);
}

function lists(): number {
  return api.asked.filter(({ query }) => query.get('watch') === null).length;
}

function lastVersion(): string | null | undefined {
  return api.asked.at(-1)?.query.get('resourceVersion');
}

test('lists, then follows what is added, changed and deleted in its namespace', async () => {
  api.put(CONFIG_MAPS, configMap('a', '1'));
  api.put(CONFIG_MAPS, configMap('x', '1', 'elsewhere'));
  const reflector = reflect('default');
  await synced(reflector);
  expect([reflector.isSynced, reflector.size, reflector.get('default/a')?.kind]).toEqual([true, 1, 'ConfigMap']);
  api.put(CONFIG_MAPS, configMap('b', '1'));
  api.put(CONFIG_MAPS, configMap('y', '1', 'elsewhere'));
  const a = api.put(CONFIG_MAPS, configMap('a', '2'));
  api.remove(CONFIG_MAPS, a);
  await until('all changes', () => heard.length === 4);
  expect(heard).toEqual(['default/a ->1', 'default/b ->1', 'default/a 1>2', 'default/a 2>-']);
  expect([...reflector.values()].map(({ metadata }) => metadata.name)).toEqual(['b']);
});

test('hands out frozen objects without managed fields', async () => {
  const made = configMap('a', '1');
  const metadata = { ...made.metadata, labels: { x: 'y' }, managedFields: [{ manager: 'somebody' }] };
  api.put(CONFIG_MAPS, { ...made, metadata });
  const reflector = reflect();
  await synced(reflector);
  const cached = reflector.get('default/a');
  expect(cached?.metadata).not.toHaveProperty('managedFields');
  expect([cached, cached?.metadata, cached?.metadata.labels, cached?.data].every(Object.isFrozen)).toBe(true);
});

test('resumes from the last bookmark when the server ends the watch', async () => {
  const reflector = reflect();
  await synced(reflector);
  for (let n = 0; n < 3; n++) api.bookmark();
  const last = api.put(CONFIG_MAPS, configMap('a', '1'));
  api.bookmark();
  await until('the change', () => heard.length === 1);
  api.endWatches();
  await until('a second watch', () => api.asked.filter(({ query }) => query.get('watch') !== null).length === 2);
  expect([lists(), lastVersion()]).toEqual([1, String(Number(last.metadata.resourceVersion) + 1)]);
  expect(troubles).toEqual([]);
});

test('a watch cut in the middle of a line is resumed, and nothing is heard twice or missed', async () => {
  const reflector = reflect();
  await synced(reflector);
  api.put(CONFIG_MAPS, configMap('a', '1'));
  await until('the first', () => heard.length === 1);
  api.cutWatches();
  await until('the trouble', () => troubles.length === 1);
  api.put(CONFIG_MAPS, configMap('a', '2'));
  await until('the second', () => heard.length === 2);
  expect(heard).toEqual(['default/a ->1', 'default/a 1>2']);
  expect([lists(), troubles[0]?.code, reflector.trouble]).toEqual([1, 'UNREACHABLE', undefined]);
});

test('after 410 it lists again and tells of what was deleted meanwhile', async () => {
  api.put(CONFIG_MAPS, configMap('stays', '1'));
  const goes = api.put(CONFIG_MAPS, configMap('goes', '1'));
  const reflector = reflect();
  await synced(reflector);
  heard.length = 0;
  api.fault = ({ query }, response) => query.get('watch') !== null && response.destroy() !== undefined;
  api.cutWatches();
  await until('the trouble', () => troubles.length === 1);
  api.remove(CONFIG_MAPS, goes);
  api.put(CONFIG_MAPS, configMap('new', '1'));
  api.compact();
  api.fault = () => false;
  await until('the changes', () => heard.length === 2);
  expect(heard).toEqual(['default/new ->1', 'default/goes 1>-']);
  expect([reflector.size, troubles.at(-1)?.code]).toEqual([2, 'EXPIRED']);
  await until('the watch is open again', () => api.watching === 1);
});

test('lists that fail are repeated until one succeeds; then it is synced', async () => {
  let failures = 3;
  api.fault = (_, response) => {
    if (failures-- <= 0) return false;
    answer(response, 500, statusBody(500, 'InternalError', 'etcd is gone'));
    return true;
  };
  api.put(CONFIG_MAPS, configMap('a', '1'));
  const reflector = reflect();
  expect(reflector.isSynced).toBe(false);
  await synced(reflector);
  expect([troubles.length, reflector.size]).toEqual([3, 1]);
});

test('a server that ends every watch at once is not asked in a tight loop', async () => {
  api.fault = ({ query }, response) => {
    if (query.get('watch') === null) return false;
    response.end();
    return true;
  };
  const reflector = reflect();
  await reflector.synced;
  await until('trouble', () => troubles.length === 3);
  expect(troubles[0]?.message).toBe('watching configmaps: ended at once, without a word');
});

test('a long wait ends when the server answers somebody else, the first 0.8 s excepted', async () => {
  const clock = virtualClock();
  let tries = 0;
  let answered = () => {};
  const reflector = new Reflector<ConfigMap>({
    rest: {
      list: async () => {
        tries += 1;
        throw new KubeError('SERVER', 'etcd is gone');
      },
      watch: rest.watch.bind(rest),
      onAnswer: (listener) => {
        answered = listener;
        return () => {};
      },
    },
    resource: CONFIG_MAPS,
    clock,
    random: () => 0,
    enqueue: () => {},
  });
  running = reflector.run(stop.signal);
  await clock.advance(800 + 1_600 + 3_200 + 6_400);
  expect(tries).toBe(5);
  answered();
  await clock.advance(799);
  expect(tries).toBe(5);
  await clock.advance(1);
  answered();
  await clock.advance(0);
  expect(tries).toBe(6);
});

test('whatever the server does for a while, afterwards the copy equals it and every change was heard in order', async () => {
  const pick = seeded(7);
  api.fault = ({ query }, response) => {
    const roll = pick(10);
    if (roll === 0) answer(response, 500, statusBody(500, 'InternalError', 'etcd is gone'));
    else if (roll === 1) answer(response, 429, statusBody(429, 'TooManyRequests', 'later'), { 'retry-after': '1' });
    else if (roll === 2) response.socket?.resetAndDestroy();
    else if (roll === 3) response.end();
    else if (roll === 4 && query.get('watch') === 'true') answer(response, 410, statusBody(410, 'Expired', 'too old'));
    else return false;
    return true;
  };
  const reflector = reflect();
  for (let n = 0; n < 100; n++) {
    const name = `c${pick(8)}`;
    const there = api.object(CONFIG_MAPS, name, 'default');
    if (there !== undefined && pick(3) === 0) api.remove(CONFIG_MAPS, there);
    else api.put(CONFIG_MAPS, configMap(name, String(n)));
    if (pick(12) === 0) api.cutWatches();
    if (pick(12) === 0) api.endWatches();
    if (pick(40) === 0) api.compact();
    await delay(4);
  }
  api.fault = () => false;
  api.put(CONFIG_MAPS, configMap('last', 'last'));
  await until('the last change', () => reflector.get('default/last') !== undefined);
  const names = [...Array.from({ length: 8 }, (_, n) => `c${n}`), 'last'];
  for (const name of names) {
    const there = api.object(CONFIG_MAPS, name, 'default') as ConfigMap | undefined;
    expect(reflector.get(`default/${name}`)?.data).toEqual(there?.data);
    const steps = heard.filter((line) => line.startsWith(`default/${name} `)).map((line) => line.split(/[ >]/));
    // What one change leaves is what the next one finds.
    for (const [n, step] of steps.entries()) expect(step[1]).toBe(steps[n - 1]?.[2] ?? '-');
  }
});

/** The same faults in every run. */
function seeded(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % sides;
  };
}
