import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../kube/clock.ts';
import { RestClient } from '../kube/rest.ts';
import { FakeApi } from '../kube/testing/fake-api.ts';
import { CONFIG_MAPS, configMap, until } from '../kube/testing/things.ts';
import { type Controller, watch } from './controller.ts';
import { Runtime } from './runtime.ts';

let api: FakeApi;
let rest: RestClient;

beforeEach(async () => {
  api = await FakeApi.start();
  rest = new RestClient({ access: api.access, clock: systemClock, random: () => 0.5, userAgent: 'test' });
});

afterEach(async () => {
  rest.close();
  await api.stop();
});

function runtimeOf(controller: Pick<Controller, 'watches' | 'forget'>): Runtime {
  const whole: Controller = { name: 'test', workers: 1, rules: [], reconcile: async () => undefined, ...controller };
  return new Runtime([whole], { rest, clock: systemClock, random: () => 0.5, namespaces: [], instance: 'test' });
}

test('a copy that can be kept up no more ends all, and is not left to go stale', async () => {
  const keys = () => {
    throw new Error('a mistake of ours');
  };
  const stop = new AbortController();
  const running = runtimeOf({ watches: [watch({ collection: { resource: CONFIG_MAPS }, keys })] }).run(stop.signal);
  const failed = expect(running).rejects.toThrow('a mistake of ours');
  await until('it watches', () => api.watching === 1);
  api.put(CONFIG_MAPS, configMap('a', 'x'));
  await failed;
  stop.abort();
});

test('a controller is told of every object that is there no more, made anew under its name or not', async () => {
  const forgotten: (string | undefined)[] = [];
  const runtime = runtimeOf({
    watches: [watch({ collection: { resource: CONFIG_MAPS }, keys: ({ metadata: { name } }) => [name] })],
    forget: ({ metadata: { uid } }) => forgotten.push(uid),
  });
  const stop = new AbortController();
  const running = runtime.run(stop.signal);
  const first = api.put(CONFIG_MAPS, configMap('a', 'x'));
  await until('it is seen', () => runtime.caches.of({ resource: CONFIG_MAPS }).size === 1);
  api.put(CONFIG_MAPS, configMap('a', 'y'));
  api.remove(CONFIG_MAPS, first);
  const second = api.put(CONFIG_MAPS, configMap('a', 'z'));
  await until('the first is forgotten', () => forgotten.length === 1);
  api.remove(CONFIG_MAPS, second);
  await until('the second is forgotten', () => forgotten.length === 2);
  expect(forgotten).toEqual([first.metadata.uid, second.metadata.uid]);
  stop.abort();
  await running;
});
