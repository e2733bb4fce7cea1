// The log of a container as lines: those that are there, or those that come. It understands none of them. For people's tools; no
// controller reads a log.
import { StringDecoder } from 'node:string_decoder';
import { KubeError } from './errors.ts';
import { type Place, pathOf, type Resource } from './resources.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface LogChoice {
  readonly container?: string;
  /** Of the container that ran before this one. */
  readonly previous?: boolean;
  /** The newest ones only. */
  readonly lines?: number;
  /** Those written since, by the clock of the machine it runs on. */
  readonly sinceMs?: number;
}

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_LINE_CHARS = 1024 * 1024;

export class PodLogs {
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  close(): void {
    this.#transport.close();
  }

  /** Empty for a container that has not begun. */
  async read(pod: Required<Place>, choice: LogChoice, signal?: AbortSignal): Promise<readonly string[]> {
    try {
      const query = { ...queryOf(choice), limitBytes: String(MAX_BYTES) };
      const text = await this.#transport.exchange({ method: 'GET', path: pathOf(PODS, pod, 'log'), query, signal });
      return text.split('\n').filter((line) => line !== '');
    } catch (error) {
      // Nothing has run yet, or nothing ran before: the server calls that a bad request.
      if (error instanceof KubeError && (error.code === 'INVALID' || error.code === 'NOT_FOUND')) return [];
      throw error;
    }
  }

  /** Until the container ends or the signal fires. */
  async *follow(pod: Required<Place>, choice: LogChoice, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const query = { ...queryOf(choice), follow: 'true' };
    const response = await this.#transport.stream({ method: 'GET', path: pathOf(PODS, pod, 'log'), query, signal });
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
        for (const line of lines) if (line !== '') yield line;
      }
    } catch (cause) {
      if (!signal.aborted) throw new KubeError('UNREACHABLE', `the log of ${pod.name} broke off`, { cause });
    } finally {
      response.destroy();
    }
  }
}

function queryOf({ container, previous, lines, sinceMs }: LogChoice): Record<string, string> {
  return {
    ...(container === undefined ? {} : { container }),
    ...(previous === true ? { previous: 'true' } : {}),
    ...(lines === undefined ? {} : { tailLines: String(lines) }),
    ...(sinceMs === undefined ? {} : { sinceTime: new Date(sinceMs).toISOString() }),
  };
}
