// Objects and conditions shared by the tests of this room.
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject, Resource } from '../resources.ts';

export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export function configMap(name: string, value = '', namespace = 'default'): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } };
}

const PATIENCE_MS = 20_000;

export async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${PATIENCE_MS} ms in vain: ${what}`);
    await delay(2);
  }
}
