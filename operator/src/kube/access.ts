// Where the API server is and how to prove who we are, by the rules of @kubernetes/client-node's KubeConfig. The library is loaded only
// when somebody asks (85 MiB), and of it only credentials are used, never its requests. Sends no credential over plain HTTP.
import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
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
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new AccessError(`${kubeconfig ?? 'the kubeconfig'} cannot be read: ${String(cause)}`, { cause });
  }
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

export function accessOf(config: KubeConfig, now: () => number): Access {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new AccessError(`the kubeconfig names no cluster for context '${config.getCurrentContext()}'`);
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
  await config.applyToHTTPSOptions(filled);
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
