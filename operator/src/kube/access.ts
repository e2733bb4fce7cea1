// Where the API server is and how to prove who we are, by the rules of @kubernetes/client-node's KubeConfig. The library is loaded only
// when somebody asks (85 MiB), and of it only credentials are used, never its requests. Sends no credential over plain HTTP.
import { existsSync } from 'node:fs';
import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<
    RequestOptions,
    'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
  >;
  /** Only behind a proxy: it knows the way. */
  readonly agent?: Agent;
}

export interface Access {
  readonly server: URL;
  /** The one the kubeconfig or the service account names. */
  readonly namespace: string;
  credentials(): Promise<Credentials>;
}

export interface AccessOptions {
  /** A file; else KUBECONFIG, ~/.kube/config, then the pod's service account. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The context the library makes up, to localhost:8080, where it finds no file. */
const NO_CONFIG = 'loaded-context';
const NAMED_MAX = 20;
/** How long files of credentials are believed; the library re-reads the service account's token after 60 s. */
const BELIEVED_MS = 10_000;

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code = 'NO_ACCESS';
}

export async function loadAccess(options: AccessOptions, now: () => number): Promise<Access> {
  return accessOf(await loadKubeConfig(options), now);
}

/** For what of the library needs the whole of it. */
export async function loadKubeConfig({ kubeconfig, context }: AccessOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const files = kubeconfig === undefined ? (process.env['KUBECONFIG'] ?? '').split(delimiter) : [kubeconfig];
  const named = files.filter((file) => file !== '');
  const config = new KubeConfig();
  try {
    if (named.length === 0) config.loadFromDefault();
    else if (named.length === 1) config.loadFromFile(named[0] ?? '');
    else config.loadFromOptions(merged(named.filter(existsSync).map((file) => loaded(new KubeConfig(), file))));
  } catch (cause) {
    throw new AccessError(`${named[0] ?? 'the kubeconfig'} cannot be read: ${String(cause)}`, { cause });
  }
  if (config.getCurrentContext() === NO_CONFIG)
    throw new AccessError('there is no kubeconfig: KUBECONFIG names none, and there is no ~/.kube/config');
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

function loaded(config: KubeConfig, file: string): KubeConfig {
  config.loadFromFile(file);
  return config;
}

/** As kubectl merges them: of two of one name the first counts, and the first context that a file names is the current one. */
function merged(configs: readonly KubeConfig[]): Readonly<Record<string, unknown>> {
  const firsts = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] => [
    ...new Map(items.toReversed().map((item) => [item.name, item])).values(),
  ];
  return {
    clusters: firsts(configs.flatMap((each) => each.getClusters())),
    users: firsts(configs.flatMap((each) => each.getUsers())),
    contexts: firsts(configs.flatMap((each) => each.getContexts())),
    currentContext: configs.map((each) => each.getCurrentContext()).find((name) => name) ?? '',
  };
}

export function accessOf(config: KubeConfig, now: () => number): Access {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const names = config.getContexts().map(({ name }) => name);
    const known =
      names.length === 0 ? 'it has no contexts' : `its contexts are ${names.slice(0, NAMED_MAX).join(', ')}`;
    const current = config.getCurrentContext() || '(none is current)';
    throw new AccessError(`the kubeconfig names no cluster for context '${current}'; ${known}`);
  }
  const server = new URL(cluster.server);
  let believed: { readonly credentials: Credentials; readonly at: number } | undefined;
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    async credentials() {
      if (server.protocol === 'http:') return { headers: {}, tls: {} };
      if (believed !== undefined && now() < believed.at + BELIEVED_MS) return believed.credentials;
      const credentials = await read(config, cluster.proxyUrl !== undefined && cluster.proxyUrl !== '');
      believed = { credentials, at: now() };
      return credentials;
    },
  };
}

async function read(config: KubeConfig, proxied: boolean): Promise<Credentials> {
  const filled: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(filled);
  } catch (cause) {
    // A login program that is missing or refuses, a file that is gone.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AccessError(`the kubeconfig gives no credentials: ${why}`, { cause });
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = filled;
  const headers: Record<string, string> = {};
  // A token file ends in a newline, which no header may carry.
  for (const [name, value] of Object.entries(filled.headers ?? {})) headers[name] = String(value).trim();
  if (typeof filled.auth === 'string')
    headers['Authorization'] = `Basic ${Buffer.from(filled.auth).toString('base64')}`;
  return {
    headers,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(pfx === undefined ? {} : { pfx }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      ...(servername === undefined ? {} : { servername }),
    },
    ...(proxied && typeof filled.agent === 'object' ? { agent: filled.agent } : {}),
  };
}
