// Single requests to an API server as any program may send them, with what clients of ours would hide: the status whatever it is,
// and the warnings beside it. It knows no kinds and tries nothing twice.
import { Agent, request } from 'node:https';
import { type Access, loadAccess } from '@rexnet/operator/kube/access.ts';

export type RawRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: string;
};

export type RawAnswer = {
  readonly status: number;
  /** Texts of its Warning headers. */
  readonly warnings: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
};

const SOCKETS_MAX = 8;
const DEADLINE_MS = 30_000;
const WARNING = /^299 \S+ "((?:[^"\\]|\\.)*)"/;

export class RawRequests {
  readonly #access: Promise<Access>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });

  constructor(kubeconfig: string) {
    this.#access = loadAccess({ kubeconfig }, () => performance.now());
  }

  close(): void {
    this.#agent.destroy();
  }

  async send({ method, path, query = {}, contentType = 'application/json', body }: RawRequest): Promise<RawAnswer> {
    const access = await this.#access;
    const { headers, tls, agent = this.#agent } = await access.credentials();
    const url = new URL(path, access.server);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return new Promise((resolve, reject) => {
      const sent = request(
        url,
        {
          ...tls,
          method,
          agent,
          signal: AbortSignal.timeout(DEADLINE_MS),
          headers: {
            ...headers,
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': contentType }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const warnings = response.headersDistinct['warning'] ?? [];
            resolve({ status: response.statusCode ?? 0, warnings: warnings.map(textOf), body: read(text) });
          });
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

function textOf(header: string): string {
  return (WARNING.exec(header)?.[1] ?? header).replace(/\\(.)/g, '$1');
}

function read(text: string): RawAnswer['body'] {
  try {
    return JSON.parse(text) as RawAnswer['body'];
  } catch {
    return { message: text };
  }
}
