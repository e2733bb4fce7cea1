// Asks nodes by their own gRPC service, over channels that are kept while they are used. It never throws for a node that
// does not answer, and believes none of another network.
import { toHex } from '@rexnet/node/core/bytes.ts';
import { RpcError } from '@rexnet/node/rpc/errors.ts';
import { NodeRpc } from '@rexnet/node/rpc/node-client.ts';
import type { Clock } from '../kube/clock.ts';
import type { NodeAnswer, NodeSource, Whose } from './answer.ts';

const DEADLINE_MS = 2_000;
/** Of many nodes that are asked seldom no channel is worth keeping. */
const KEPT_MS = 15_000;
const CHANNELS_MAX = 128;

interface Channel {
  readonly node: NodeRpc;
  usedAt: number;
}

export class GrpcSource implements NodeSource {
  readonly #clock: Clock;
  /** Least recently used first. */
  readonly #channels = new Map<string, Channel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async ask(address: string, signal: AbortSignal, whose: Whose = {}): Promise<NodeAnswer | undefined> {
    const { node } = this.#channel(address);
    try {
      const status = await node.status({ signal, deadlineMs: DEADLINE_MS });
      const networkId = toHex(status.network.networkId);
      const { group = status.group, genesisId = networkId } = whose;
      if (status.group !== group || !genesisId.startsWith(networkId)) return undefined;
      return {
        group: status.group,
        height: status.tip.height,
        tipTimestampMs: status.tip.timestampMs,
        inSync: status.inSync,
        epoch: status.epoch,
        owners: status.owners,
        bitcoinHeight: status.bitcoinHeight,
        networkId,
        groups: status.groups.map(({ group, height, timestampMs }) => ({ group, height, timestampMs })),
        ...(status.work === undefined ? {} : { work: { beatMs: status.network.blockIntervalMs, ...status.work } }),
      };
    } catch (error) {
      if (error instanceof RpcError) return undefined;
      throw error;
    }
  }

  close(): void {
    for (const { node } of this.#channels.values()) node.close();
    this.#channels.clear();
  }

  #channel(address: string): Channel {
    const now = this.#clock.now();
    const found = this.#channels.get(address) ?? { node: new NodeRpc(address), usedAt: now };
    found.usedAt = now;
    this.#channels.delete(address);
    this.#channels.set(address, found);
    for (const [other, { node, usedAt }] of this.#channels) {
      if (this.#channels.size <= CHANNELS_MAX && now - usedAt < KEPT_MS) break;
      if (other === address) break;
      node.close();
      this.#channels.delete(other);
    }
    return found;
  }
}
