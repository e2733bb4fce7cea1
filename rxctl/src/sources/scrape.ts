// Asks one program of this machine for its /metrics, in bounded time and size. Silence is undefined, never an error.
import { createRequire } from 'node:module';
import { type Figures, parseMetrics } from './metrics-text.ts';

/** Importing node:http looks at all it exports, and its WebSocket brings all of fetch. */
const { Agent, get } = createRequire(import.meta.url)('node:http') as typeof import('node:http');

const ANSWER_MAX_MS = 1_000;
/** 256 groups serve about 1 MB. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export class Scraper {
  readonly #agent = new Agent({ keepAlive: true });

  scrape(address: string, wanted: ReadonlySet<string>): Promise<Figures | undefined> {
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(ANSWER_MAX_MS);
      const request = get(`http://${address}/metrics`, { agent: this.#agent, signal }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > ANSWER_BYTES_MAX) request.destroy();
          else chunks.push(chunk);
        });
        response.once('end', () =>
          resolve(
            response.statusCode === 200 ? parseMetrics(Buffer.concat(chunks).toString('utf8'), wanted) : undefined,
          ),
        );
        response.once('close', () => resolve(undefined));
      });
      request.once('error', () => resolve(undefined));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
