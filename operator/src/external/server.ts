// The API external.metrics.k8s.io as a small HTTPS server behind the API server: an autoscaler reads here what Testnets say in their status.
// It answers nobody but the front proxy of the cluster, and keeps nothing.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { Log } from '@rexnet/node/telemetry/log.ts';
import { TESTNETS } from '../controllers/collections.ts';
import { type Clock, sleep } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import type { RestClient } from '../kube/rest.ts';
import { type FrontProxy, isFrontProxy, readFrontProxy } from './front-proxy.ts';
import { EXTERNAL_ROOT, OFFERED, resourceList, selectedTestnet, TESTNET_LABEL, valueList } from './offered.ts';

export interface ExternalMetricsOptions {
  readonly address: { readonly host: string; readonly port: number };
  /** Holds tls.crt and tls.key, as a Secret of that type is mounted. */
  readonly certificateFolder: string;
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ExternalMetricsServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Certificates are renewed under our feet. */
const READ_AGAIN_MS = 300_000;
const READ_AGAIN_SOON_MS = 5_000;

type Answer = { readonly status: number; readonly body: unknown };

/** Listens at once; until it has read who the front proxy is, everybody is refused. */
export async function serveExternalMetrics(
  options: ExternalMetricsOptions,
  signal: AbortSignal,
): Promise<ExternalMetricsServer> {
  const stopped = new AbortController();
  const until = AbortSignal.any([signal, stopped.signal]);
  let proxy: FrontProxy | undefined;
  const server = createServer(
    {
      ...(await keyPair(options.certificateFolder)),
      // The front proxy alone has one that we accept, and nobody has before we have read who signs it.
      ca: [],
      requestCert: true,
      rejectUnauthorized: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => void respond(request, response, options, proxy, until),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options.address);
  const reading = keepReading(options, server, until, (read) => {
    proxy = read;
  });
  const { address, port } = server.address() as AddressInfo;
  options.log.info({ at: `${isIPv6(address) ? `[${address}]` : address}:${port}` }, 'serving external metrics');
  return {
    host: address,
    port,
    async stop() {
      stopped.abort();
      server.closeAllConnections();
      await Promise.all([reading, new Promise((resolve) => server.close(resolve))]);
    },
  };
}

async function keyPair(folder: string): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map((name) => readFile(join(folder, name), 'utf8')));
  return { cert: cert ?? '', key: key ?? '' };
}

function listen(server: Server, { host, port }: ExternalMetricsOptions['address']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function keepReading(
  { rest, certificateFolder, clock, log }: ExternalMetricsOptions,
  server: Server,
  signal: AbortSignal,
  onRead: (proxy: FrontProxy) => void,
): Promise<void> {
  while (!signal.aborted) {
    let againMs = READ_AGAIN_MS;
    try {
      const proxy = await readFrontProxy(rest, signal);
      server.setSecureContext({ ...(await keyPair(certificateFolder)), ca: proxy.ca });
      onRead(proxy);
    } catch (error) {
      if (signal.aborted) return;
      againMs = READ_AGAIN_SOON_MS;
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'external metrics: front proxy');
    }
    await sleep(clock, againMs, signal);
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ExternalMetricsOptions,
  proxy: FrontProxy | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { status, body } = await answerTo(request, options, proxy, signal).catch((error: unknown) => {
    options.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'external metrics');
    return error instanceof KubeError && error.code === 'FORBIDDEN'
      ? refusal(403, 'the operator may not read Testnets there')
      : refusal(503, 'the API server gave no answer');
  });
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function answerTo(
  { method, url = '/', socket }: IncomingMessage,
  options: ExternalMetricsOptions,
  proxy: FrontProxy | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (proxy === undefined || !isFrontProxy(proxy, socket as TLSSocket))
    return refusal(401, 'only the API server is answered here');
  if (method !== 'GET') return refusal(405, 'metrics are read, never written');
  const { pathname, searchParams } = new URL(url, 'https://here');
  if (pathname === EXTERNAL_ROOT || pathname === `${EXTERNAL_ROOT}/`) return { status: 200, body: resourceList() };
  const asked = new RegExp(`^${EXTERNAL_ROOT}/namespaces/([^/]+)/([^/]+)$`).exec(pathname);
  if (asked === null) return refusal(404, `there is nothing at ${pathname}`);
  const [namespace = '', metric = ''] = asked.slice(1).map(decodeURIComponent);
  return values({ namespace, metric, selector: searchParams.get('labelSelector') ?? '' }, options, signal);
}

async function values(
  { namespace, metric, selector }: Readonly<Record<'namespace' | 'metric' | 'selector', string>>,
  { rest, clock }: ExternalMetricsOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const offered = OFFERED.find(({ name }) => name === metric);
  if (offered === undefined)
    return refusal(404, `there is no metric ${metric}; there are ${OFFERED.map(({ name }) => name).join(', ')}`);
  const selected = selectedTestnet(selector);
  if (selected === undefined) return refusal(400, `select by ${TESTNET_LABEL}=NAME: "${selector}" is not understood`);
  if (selected === 'all') {
    const { items } = await rest.list(TESTNETS.resource, { namespace }, { signal });
    return { status: 200, body: valueList(offered, items, clock.wallMs()) };
  }
  const found = await rest.get(TESTNETS.resource, { namespace, name: selected.name }, { signal });
  return { status: 200, body: valueList(offered, found === undefined ? [] : [found], clock.wallMs()) };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  503: 'ServiceUnavailable',
};

function refusal(code: number, message: string): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
  return { status: code, body: { ...status, message, reason: REASONS[code], code } };
}
