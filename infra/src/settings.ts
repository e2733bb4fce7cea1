// What a stack may set, read once and refused when it makes no sense. It creates nothing.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isTable } from './merge-values.ts';

/** Of Pulumi's Config, what is used here. */
export type Source = {
  /** Whatever is set, without the prefix. */
  readonly keys: readonly string[];
  readonly get: (key: string) => string | undefined;
  readonly getObject: <T>(key: string) => T | undefined;
};

export type Cluster =
  | { readonly kind: 'Kind'; readonly name: string; readonly machines: number; readonly loadImages: readonly string[] }
  /** Without a context, the current one of the file. */
  | { readonly kind: 'Given'; readonly kubeconfig: string; readonly context?: string };

export type TestnetObject = {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
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
const KEYS: readonly string[] = [
  'cluster',
  'machines',
  'loadImages',
  'kubeconfig',
  'context',
  'testnetFile',
  'testnetNamespace',
  'machinePerGroup',
  'chartValues',
  'monitoring',
];
const API_VERSION = 'rexnet.dev/v1alpha1';
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** They are there already, or others are made in them: a stack that ends would take them along. */
const TAKEN_NAMESPACES = /^(default|kube-.*|rexnet-system|monitoring)$/;
/** What kind takes as the name of a cluster. */
const KIND_NAME = /^[a-z0-9]([-.a-z0-9]{0,48}[a-z0-9])?$/;
/** The name of an image, and nothing that a shell could take for more. */
const IMAGE = /^[\w][\w./:@-]*$/;

/** `base` is where paths begin. */
export function readSettings(source: Source, stack: string, base: string): Settings {
  const unknown = source.keys.find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new SettingsError(`rexnet:${unknown} is no setting; there are ${KEYS.join(', ')}`);
  return {
    cluster: clusterOf(source, stack, base),
    testnet: testnetOf(resolve(base, source.get('testnetFile') ?? '../testnet.yaml')),
    testnetNamespace: namespaceOf(source),
    chartValues: chartValuesOf(source),
    machinePerGroup: flag(source, 'machinePerGroup', false),
    monitoring: flag(source, 'monitoring', true),
  };
}

function clusterOf(source: Source, stack: string, base: string): Cluster {
  const kind = source.get('cluster') ?? 'Kind';
  if (kind === 'Kind') return kindOf(source, stack);
  if (kind !== 'Given') throw new SettingsError(`rexnet:cluster must be Kind or Given, not ${kind}`);
  const path = source.get('kubeconfig');
  if (path === undefined)
    throw new SettingsError('rexnet:cluster is Given: name its kubeconfig, pulumi config set rexnet:kubeconfig PATH');
  const kubeconfig = resolve(base, path);
  if (!existsSync(kubeconfig)) throw new SettingsError(`rexnet:kubeconfig: there is no file ${kubeconfig}`);
  const context = source.get('context');
  return { kind, kubeconfig, ...(context === undefined ? {} : { context }) };
}

function kindOf(source: Source, stack: string): Cluster {
  const machines = Number(source.get('machines') ?? '3');
  if (!Number.isInteger(machines) || machines < 1 || machines > MACHINES_MAX)
    throw new SettingsError(`rexnet:machines must be a whole number from 1 to ${MACHINES_MAX}`);
  const name = `rexnet-${stack}`;
  if (!KIND_NAME.test(name))
    throw new SettingsError(
      `kind takes no cluster called ${name}: name the stack in lower case, of at most 40 letters`,
    );
  const loadImages: unknown = source.getObject('loadImages') ?? [];
  if (!Array.isArray(loadImages) || !loadImages.every(isImage))
    throw new SettingsError("rexnet:loadImages must be a list of images, such as ['ghcr.io/rexnet/rexnet:0.1.0']");
  return { kind: 'Kind', name, machines, loadImages };
}

function namespaceOf(source: Source): string {
  const name = source.get('testnetNamespace') ?? 'rexnet-testnets';
  if (!NAMESPACE.test(name))
    throw new SettingsError(`rexnet:testnetNamespace must be the name of a namespace, not ${name}`);
  if (TAKEN_NAMESPACES.test(name))
    throw new SettingsError(`rexnet:testnetNamespace: ${name} is not the stack's to make and to delete; name another`);
  return name;
}

function chartValuesOf(source: Source): Readonly<Record<string, unknown>> {
  const values: unknown = source.getObject('chartValues') ?? {};
  if (!isTable(values)) throw new SettingsError('rexnet:chartValues must be values of charts/rexnet, by name');
  return values;
}

/** The first document of a file as kubectl apply takes it. What is in its spec is for the API server to judge. */
function testnetOf(file: string): TestnetObject {
  if (!existsSync(file)) throw new SettingsError(`rexnet:testnetFile: there is no file ${file}`);
  const [document] = parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' });
  const [fault] = document?.errors ?? [];
  if (fault !== undefined) throw new SettingsError(`${file} is no YAML: ${fault.message}`);
  const read: unknown = document?.toJS();
  if (!isTable(read) || read['kind'] !== 'Testnet' || read['apiVersion'] !== API_VERSION)
    throw new SettingsError(`${file} holds no Testnet of ${API_VERSION}`);
  const { metadata, spec } = read;
  const { name, labels, annotations } = isTable(metadata) ? metadata : {};
  if (typeof name !== 'string') throw new SettingsError(`${file}: the Testnet has no metadata.name`);
  return {
    metadata: {
      name,
      ...(isTexts(labels) ? { labels } : {}),
      ...(isTexts(annotations) ? { annotations } : {}),
    },
    spec: isTable(spec) ? spec : {},
  };
}

function flag(source: Source, key: string, fallback: boolean): boolean {
  const value = source.get(key) ?? String(fallback);
  if (value !== 'true' && value !== 'false')
    throw new SettingsError(`rexnet:${key} must be true or false, not ${value}`);
  return value === 'true';
}

function isImage(value: unknown): value is string {
  return typeof value === 'string' && IMAGE.test(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isTable(value) && Object.values(value).every((text) => typeof text === 'string');
}
