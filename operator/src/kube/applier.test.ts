import { expect, test } from 'vitest';
import { Applier } from './applier.ts';
import { KubeError } from './errors.ts';
import type { KubeObject } from './resources.ts';
import { virtualClock } from './testing/clocks.ts';
import { CONFIG_MAPS, configMap } from './testing/things.ts';

function setUp() {
  const clock = virtualClock();
  const sent: KubeObject[] = [];
  let version = 100;
  const applier = new Applier({
    clock,
    fieldManager: 'test',
    rest: {
      get: async () => undefined,
      apply: async (_, object) => {
        sent.push(object);
        version += 1;
        return { ...object, metadata: { ...object.metadata, uid: 'uid-1', resourceVersion: String(version) } };
      },
    },
  });
  const shown = (resourceVersion: string): KubeObject => {
    const { metadata, ...rest } = configMap('a', 'x');
    return { ...rest, metadata: { ...metadata, uid: 'uid-1', resourceVersion } };
  };
  return {
    clock,
    sent,
    shown,
    apply: (value: string, live?: KubeObject) => applier.apply(CONFIG_MAPS, configMap('a', value), live),
  };
}

test('what is as it should be is not applied again', async () => {
  const { sent, shown, apply } = setUp();
  expect(await apply('x')).toBe('applied');
  expect(await apply('x', shown('101'))).toBe('unchanged');
  expect(sent).toHaveLength(1);
});

test('another wish, and a change by another, are applied', async () => {
  const { sent, shown, apply } = setUp();
  await apply('x');
  expect(await apply('y', shown('101'))).toBe('applied');
  expect(await apply('y', shown('102'))).toBe('unchanged');
  expect(await apply('y', shown('777'))).toBe('applied');
  expect(sent).toHaveLength(3);
});

test('what is gone is made again', async () => {
  const { shown, apply } = setUp();
  await apply('x');
  await apply('x', shown('101'));
  expect(await apply('x')).toBe('applied');
});

test('a copy that lags is waited for, but not for ever', async () => {
  const { clock, sent, apply } = setUp();
  await apply('x');
  expect(await apply('x')).toBe('lagging');
  await clock.advance(5_000);
  expect(await apply('x')).toBe('applied');
  expect(sent).toHaveLength(2);
});

test('an annotation of ours that another changed or took away is put back, and those of others are theirs', async () => {
  const sent: KubeObject[] = [];
  const wish: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', namespace: 'default', annotations: { 'rexnet.dev/hash': '1' } },
  };
  const shown = (annotations: Readonly<Record<string, string>>): KubeObject => ({
    ...wish,
    metadata: { ...wish.metadata, annotations, uid: 'uid-1', generation: 1, resourceVersion: '101' },
  });
  const rest = {
    get: async () => undefined,
    apply: async (_: unknown, object: KubeObject) => {
      sent.push(object);
      return shown({ ...object.metadata.annotations, revision: '1' });
    },
  };
  const applier = new Applier({ clock: virtualClock(), fieldManager: 'test', rest });
  const apply = (live?: KubeObject) => applier.apply(CONFIG_MAPS, wish, live);
  expect(await apply()).toBe('applied');
  expect(await apply(shown({ 'rexnet.dev/hash': '1', revision: '2' }))).toBe('unchanged');
  expect(await apply(shown({ 'rexnet.dev/hash': 'other', revision: '2' }))).toBe('applied');
  expect(await apply(shown({ 'rexnet.dev/hash': '1', revision: '3' }))).toBe('unchanged');
  expect(await apply(shown({ revision: '3' }))).toBe('applied');
  expect(sent).toHaveLength(3);
});

/** With a controller, and a server that has `there` already. */
function owned(there: KubeObject | undefined) {
  const clock = virtualClock();
  let stored = there;
  const applied: KubeObject[] = [];
  const rest = {
    get: async () => stored as never,
    apply: async (_: unknown, object: KubeObject) => {
      if (stored !== undefined && object.metadata.resourceVersion !== undefined)
        throw new KubeError('CONFLICT', 'the object has been modified');
      applied.push(object);
      const { resourceVersion: _v, ...metadata } = object.metadata;
      stored = { ...object, metadata: { uid: 'made', ...metadata, resourceVersion: String(100 + applied.length) } };
      return stored;
    },
  };
  const applier = new Applier({ clock, fieldManager: 'test', rest });
  return {
    clock,
    applied,
    shown: () => stored,
    apply: (value: string, live?: KubeObject) => applier.apply(CONFIG_MAPS, ownedMap('mine', value), live),
  };
}

function ownedMap(uid: string | undefined, value = 'x'): KubeObject {
  const map = configMap('a', value);
  const owner = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', name: 'demo', controller: true };
  const metadata = { ...map.metadata, ...(uid === undefined ? {} : { ownerReferences: [{ ...owner, uid }] }) };
  return { ...map, metadata };
}

test('an object of another owner is not taken over, whether or not the copy shows it', async () => {
  const foreign = { ...ownedMap(undefined), metadata: { ...ownedMap(undefined).metadata, uid: 'theirs' } };
  const { applied, apply } = owned(foreign);
  await expect(apply('x')).rejects.toMatchObject({ code: 'CONFLICT', reason: 'NameTaken' });
  await expect(apply('x', foreign)).rejects.toMatchObject({ reason: 'NameTaken' });
  expect(applied).toEqual([]);
});

test('what an owner of the same name left is waited for', async () => {
  const { applied, apply } = owned(ownedMap('earlier'));
  expect(await apply('x')).toBe('lagging');
  expect(await apply('x', ownedMap('earlier'))).toBe('lagging');
  expect(applied).toEqual([]);
});

test('what is ours is applied though the copy does not show it, and stays ours when its owner is taken away', async () => {
  const { applied, shown, apply } = owned(undefined);
  expect(await apply('x')).toBe('applied');
  expect(await apply('y')).toBe('applied');
  expect(applied.at(-1)?.metadata.resourceVersion).toBeUndefined();
  const live = shown();
  if (live === undefined) throw new Error('nothing is stored');
  const { ownerReferences: _, ...metadata } = live.metadata;
  expect(await apply('y', { ...live, metadata: { ...metadata, resourceVersion: '999' } })).toBe('applied');
  expect(applied.at(-1)?.metadata.ownerReferences).toHaveLength(1);
});
