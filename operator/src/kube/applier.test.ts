import { expect, test } from 'vitest';
import { Applier } from './applier.ts';
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
