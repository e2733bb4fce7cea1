// Sums of what happened in the engine since it was opened, for whoever scrapes. It decides nothing.
import type { EngineSums } from './api.ts';

export class Sums {
  readonly #headers = new Map<number, number>();
  readonly #headersRefused = new Map<string, number>();
  readonly #blocksInvalid = new Map<string, number>();

  header(group: number): void {
    add(this.#headers, group);
  }

  headerRefused(code: string): void {
    add(this.#headersRefused, code);
  }

  blockInvalid(code: string): void {
    add(this.#blocksInvalid, code);
  }

  get told(): Pick<EngineSums, 'headers' | 'headersRefused' | 'blocksInvalid'> {
    const byCode = (sums: ReadonlyMap<string, number>) => [...sums].map(([code, count]) => ({ code, count }));
    return {
      headers: [...this.#headers].map(([group, count]) => ({ group, count })),
      headersRefused: byCode(this.#headersRefused),
      blocksInvalid: byCode(this.#blocksInvalid),
    };
  }
}

function add<K>(sums: Map<K, number>, key: K): void {
  sums.set(key, (sums.get(key) ?? 0) + 1);
}
