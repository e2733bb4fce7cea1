// /metrics, /livez and /readyz over plain HTTP. Answers nothing else and changes nothing.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from './telemetry.ts';

/** Importing node:http looks at all it exports, and its WebSocket brings all of fetch: 2 MB nobody here uses. */
const { createServer } = createRequire(import.meta.url)('node:http') as typeof import('node:http');

const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 8_192;

export interface HealthAnswers {
  /** The event loop turns: answering at all is the proof, so this says false only for what cannot heal by itself. */
  readonly live: () => boolean;
  /** In sync; otherwise a sentence that says what is missing. */
  readonly ready: () => true | string;
}

export interface TelemetryServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function serveTelemetry(
  telemetry: Pick<Telemetry, 'contentType' | 'scrape'>,
  health: HealthAnswers,
  address: { readonly host: string; readonly port: number },
): Promise<TelemetryServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      const answer = (code: number, type: string, body: string): void => {
        response
          .writeHead(code, { 'content-type': type, 'cache-control': 'no-store' })
          .end(request.method === 'HEAD' ? '' : body);
      };
      const text = 'text/plain; charset=utf-8';
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, text, 'only GET\n');
      switch (request.url?.split('?', 1)[0]) {
        case '/metrics':
          telemetry.scrape().then(
            (body) => answer(200, telemetry.contentType, body),
            () => answer(500, text, 'metrics could not be collected\n'),
          );
          return;
        case '/livez':
          return health.live() ? answer(200, text, 'ok\n') : answer(503, text, 'not live\n');
        case '/readyz': {
          const ready = health.ready();
          return ready === true ? answer(200, text, 'ok\n') : answer(503, text, `${ready}\n`);
        }
        default:
          return answer(404, text, 'try /metrics, /livez or /readyz\n');
      }
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, address);
  const bound = server.address() as AddressInfo;
  return {
    host: bound.address,
    port: bound.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
