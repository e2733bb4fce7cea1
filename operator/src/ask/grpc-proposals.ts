// Tells nodes of a map update by their own gRPC service: one node after the other until one hears, each with a deadline, over a
// channel for this one word. It builds and signs nothing.
import { packTransactions } from '@rexnet/node/core/transaction-batch.ts';
import { type Refusal, RpcError, retryOf } from '@rexnet/node/rpc/errors.ts';
import { NodeRpc } from '@rexnet/node/rpc/node-client.ts';
import type { Clock } from '../kube/clock.ts';
import { ProposalError, type Proposals } from './proposals.ts';

const DEADLINE_MS = 3_000;
/** Of a group one node suffices; a lost machine may hold one of them. */
const NODES_MAX = 3;

export class GrpcProposals implements Proposals {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async propose(addresses: readonly string[], transaction: Uint8Array, signal: AbortSignal): Promise<void> {
    const batch = packTransactions([transaction]);
    let silence = 'no node of it has an address';
    for (const address of addresses.slice(0, NODES_MAX)) {
      const refusal = await this.#tell(address, batch, signal);
      if (refusal === undefined) return;
      if (retryOf(refusal.code) === 'never') throw new ProposalError('REFUSED', refusal.message);
      silence = refusal.message;
      if (signal.aborted) break;
    }
    throw new ProposalError('NOT_HEARD', silence);
  }

  /** Undefined when the node has it now. */
  async #tell(address: string, batch: Uint8Array, signal: AbortSignal): Promise<Refusal | undefined> {
    const node = new NodeRpc(address);
    const stream = node.openSubmit();
    const ended = Promise.withResolvers<never>();
    const end = (code: 'DEADLINE' | 'CANCELLED') => (): void => ended.reject(new RpcError(code));
    const cancel = this.#clock.after(DEADLINE_MS, end('DEADLINE'));
    const onAbort = end('CANCELLED');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const { refusals } = await Promise.race([stream.submit(batch), ended.promise]);
      return refusals[0];
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      // Whatever else ended the stream says nothing about the update.
      return error.code === 'BAD_SIGNATURE' ? error.refusal : { ...error.refusal, code: 'UNREACHABLE' };
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
      stream.close();
      node.close();
    }
  }
}
