// A TLS proxy of ours before the API server: it notes who asks for what and when, hands everything on as it came, and does to single
// requests what a test decides. It knows nothing of kinds and keeps no credentials.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { loadAccess } from '../../operator/src/kube/access.ts';
import { makeCertificates } from './built/certificates.ts';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly isWatch: boolean;
  readonly atMs: number;
};

export type Fate =
  | { readonly kind: 'pass'; readonly onAnswer?: () => void }
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfterS?: number }
  /** Neither an answer nor an end; a watch begins and says nothing. */
  | { readonly kind: 'silence' }
  /** Broken off before anything is handed on. */
  | { readonly kind: 'cut' };

export const PASS: Fate = { kind: 'pass' };

const HOST = '127.0.0.1';
const NAME = 'proxy';

/** Changes something; telling of events is no more than courtesy. */
export function isWrite({ method, path }: Asked): boolean {
  return method !== 'GET' && !path.includes('/events');
}

export class ApiProxy {
  readonly asked: Asked[] = [];
  /** What becomes of the next requests. */
  decide: (asked: Asked) => Fate = () => PASS;
  /** PEM, of who answers in the name of the API server here. */
  readonly ca: string;
  readonly #server: Server;
  readonly #upstream: { readonly url: URL; readonly ca: string; readonly agent: Agent };
  readonly #watches = new Set<ServerResponse>();

  private constructor(server: Server, ca: string, upstream: { readonly url: URL; readonly ca: string }) {
    this.#server = server;
    this.ca = ca;
    this.#upstream = { ...upstream, agent: new Agent({ keepAlive: true }) };
    server.on('request', (request, response) => this.#take(request, response));
  }

  static async start(kubeconfig: string): Promise<ApiProxy> {
    const access = await loadAccess({ kubeconfig }, () => performance.now());
    const { tls } = await access.credentials();
    const folder = mkdtempSync(join(tmpdir(), 'rexnet-proxy-'));
    try {
      await makeCertificates(folder, [{ name: NAME, subject: '/CN=rexnet-proxy', callings: [`IP:${HOST}`] }]);
      const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
      const server = createServer({ cert: read(`${NAME}.crt`), key: read(`${NAME}.key`), requestTimeout: 0 });
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, HOST, resolve));
      return new ApiProxy(server, read('ca.crt'), { url: access.server, ca: String(tls.ca) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  get url(): string {
    return `https://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks every watch that is open, in the middle of whatever it says. */
  cutWatches(): void {
    for (const { socket } of this.#watches) socket?.destroy();
  }

  async stop(): Promise<void> {
    this.#upstream.agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const url = new URL(request.url ?? '/', this.#upstream.url);
    const isWatch = url.searchParams.get('watch') === 'true';
    const asked = { method: request.method ?? '', path: url.pathname, isWatch, atMs: performance.now() };
    this.asked.push(asked);
    if (isWatch) this.#keep(response);
    const fate = this.decide(asked);
    switch (fate.kind) {
      case 'pass':
        this.#handOn(url, request, response, fate.onAnswer);
        return;
      case 'refuse':
        refuse(response, fate.status, fate.retryAfterS);
        return;
      case 'cut':
        request.socket.destroy();
        return;
      case 'silence':
        if (isWatch) response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    }
  }

  #keep(response: ServerResponse): void {
    this.#watches.add(response);
    response.once('close', () => this.#watches.delete(response));
  }

  #handOn(url: URL, from: IncomingMessage, to: ServerResponse, onAnswer: (() => void) | undefined): void {
    const { ca, agent, url: upstream } = this.#upstream;
    const headers: OutgoingHttpHeaders = { ...from.headers, host: upstream.host };
    const request = httpsRequest(url, { method: from.method, headers, ca, agent }, (answer) => {
      onAnswer?.();
      answer.on('error', () => to.destroy());
      to.writeHead(answer.statusCode ?? 0, answer.headers);
      to.flushHeaders();
      answer.pipe(to);
    });
    request.on('error', () => to.destroy());
    to.once('close', () => request.destroy());
    from.pipe(request);
  }
}

/** As the API server words it. */
function refuse(response: ServerResponse, status: number, retryAfterS: number | undefined): void {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  const message = status === 429 ? 'too many requests, please try again later' : 'an error on the server';
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, message }));
}
