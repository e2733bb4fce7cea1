// What a stack may set, read once and refused when it makes no sense. It creates nothing.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

/** Of Pulumi's Config, what is used here. */
export type Source = {
  readonly get: (key: string) => string | undefined;
  readonly getObject: <T>(key: string) => T | undefined;
};

export type Cluster =
  | { readonly kind: 'Kind'; readonly name: string; readonly machines: number; readonly loadImages: readonly string[] }
  /** Without a context, the current one of the file. */
  | { readonly kind: 'Given'; readonly kubeconfig: string; readonly context?: string };

export type TestnetObject = {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
};

export type Settings = {
  readonly cluster: Cluster;
  readonly testnet: TestnetObject;
  readonly testnetNamespace: string;
  /** Values of the chart rexnet beside those made here. */
  readonly chartValues: Readonly<Record<string, unknown>>;
  /** One node pod per machine, or it waits. */
  readonly machinePerGroup: boolean;
  readonly monitoring: boolean;
};

export class SettingsError extends Error {
  readonly code = 'SETTINGS';
}

const MACHINES_MAX = 16;

/** `base` is where paths begin. */
export function readSettings(source: Source, stack: string, base: string): Settings {
  return {
    cluster: clusterOf(source, stack, base),
    testnet: testnetOf(resolve(base, source.get('testnetFile') ?? '../testnet.yaml')),
    testnetNamespace: source.get('testnetNamespace') ?? 'rexnet-testnets',
    chartValues: source.getObject<Record<string, unknown>>('chartValues') ?? {},
    machinePerGroup: flag(source, 'machinePerGroup', false),
    monitoring: flag(source, 'monitoring', true),
  };
}

function clusterOf(source: Source, stack: string, base: string): Cluster {
  const kind = source.get('cluster') ?? 'Kind';
  if (kind === 'Kind') {
    const machines = Number(source.get('machines') ?? '3');
    if (!Number.isInteger(machines) || machines < 1 || machines > MACHINES_MAX)
      throw new SettingsError(`rexnet:machines must be a whole number from 1 to ${MACHINES_MAX}`);
    return {
      kind,
      name: `rexnet-${stack}`,
      machines,
      loadImages: source.getObject<readonly string[]>('loadImages') ?? [],
    };
  }
  if (kind !== 'Given') throw new SettingsError(`rexnet:cluster must be Kind or Given, not ${kind}`);
  const path = source.get('kubeconfig');
  if (path === undefined)
    throw new SettingsError('rexnet:cluster is Given: name its kubeconfig, pulumi config set rexnet:kubeconfig PATH');
  const context = source.get('context');
  return { kind, kubeconfig: resolve(base, path), ...(context === undefined ? {} : { context }) };
}

/** The first document of a file as kubectl apply takes it. What is in its spec is for the API server to judge. */
function testnetOf(file: string): TestnetObject {
  const read: unknown = parse(readFileSync(file, 'utf8'), { version: '1.1' });
  if (!isObject(read) || read['kind'] !== 'Testnet') throw new SettingsError(`${file} holds no Testnet`);
  const { metadata, spec } = read;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string') throw new SettingsError(`${file}: the Testnet has no metadata.name`);
  return { metadata: { name }, spec: isObject(spec) ? spec : {} };
}

function flag(source: Source, key: string, fallback: boolean): boolean {
  const value = source.get(key) ?? String(fallback);
  if (value !== 'true' && value !== 'false')
    throw new SettingsError(`rexnet:${key} must be true or false, not ${value}`);
  return value === 'true';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
