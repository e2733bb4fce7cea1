// Bound on what is being done for one address at a time: who asks faster than he is answered crowds out himself, not others.
import { RpcError } from './errors.ts';

const RETRY_MS = 500;

export class InFlight {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  constructor(maxPerAddress: number) {
    this.#max = maxPerAddress;
  }

  /** `connection`: `address:port`. Throws BUSY when enough is being done for the address; answers what to call when it is over. */
  enter(connection: string): () => void {
    const address = connection.slice(0, connection.lastIndexOf(':'));
    const here = this.#open.get(address) ?? 0;
    if (here >= this.#max) throw new RpcError('BUSY', { retryAfterMs: RETRY_MS });
    this.#open.set(address, here + 1);
    return () => {
      const left = this.#open.get(address)! - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    };
  }

  async run<T>(connection: string, act: () => Promise<T>): Promise<T> {
    const leave = this.enter(connection);
    try {
      return await act();
    } finally {
      leave();
    }
  }
}
