// One group of FakeGroups behind the real gRPC ports, with a record of the parent headers it was given. No chain, no state.
import { BitcoinTree } from '@rexnet/node/consensus/bitcoin-tree.ts';
import { BODY } from '@rexnet/node/core/layouts.ts';
import type { BlockRef, BlockView, StatusView, Template } from '@rexnet/node/rpc/backend.ts';
import { RpcError } from '@rexnet/node/rpc/errors.ts';
import { type RpcServers, startServers } from '@rexnet/node/rpc/server.ts';
import { MemoryBackend } from '@rexnet/node/rpc/testing/memory-backend.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import type { FakeGroups } from './fake-groups.ts';

export interface MinedGroupOptions {
  readonly groups: FakeGroups;
  readonly group: number;
  /** Root and target of the parent chain, to record its headers. */
  readonly parent?: { readonly root: Uint8Array; readonly parentTarget: bigint };
}

export class MinedGroup extends MemoryBackend {
  readonly proofs: Uint8Array[] = [];
  /** Makes the node answer nothing new, as one that is not in sync. */
  isSilent = false;
  readonly #groups: FakeGroups;
  readonly #group: number;
  readonly #tree: BitcoinTree | undefined;
  readonly #listed = new Map<number, Uint8Array[]>();

  constructor({ groups, group, parent }: MinedGroupOptions) {
    super();
    this.addBlock('genesis');
    this.#groups = groups;
    this.#group = group;
    this.#tree = parent === undefined ? undefined : new BitcoinTree({ ...parent, rootHeight: 0 });
  }

  get parentHeight(): number {
    return this.#tree?.tip.height ?? 0;
  }

  override async nextTemplate(seen: number | undefined, signal: AbortSignal): Promise<Template> {
    for await (const { header, blockId, targetBits, notBeforeMs } of this.#groups.watch(this.#group, signal)) {
      const height = this.#groups.height(this.#group) + 1;
      if (height === seen || this.isSilent) continue;
      return { group: this.#group, sequence: height, header, blockId, height, target: targetBits, notBeforeMs };
    }
    throw signal.reason;
  }

  override async submitProof(proof: { blockId: Uint8Array; witness: Uint8Array }): Promise<{ height: number }> {
    const verdict = await this.#groups.submit(this.#group, proof.blockId, proof.witness);
    if (!verdict.accepted)
      throw new RpcError(verdict.reason === 'stale' ? 'STALE_TEMPLATE' : 'BAD_PROOF', {
        message: verdict.reason ?? '',
      });
    this.proofs.push(proof.blockId);
    return { height: this.#groups.height(this.#group) };
  }

  override async submitParentHeaders(headers: Uint8Array): Promise<{ accepted: number; bestHeight: number }> {
    const next = this.#groups.height(this.#group) + 1;
    let accepted = 0;
    for (let at = 0; at < headers.length; at += 80) {
      const header = headers.slice(at, at + 80);
      if (this.#tree?.add(header).kind !== 'added') continue;
      accepted++;
      this.#listed.set(next, [...(this.#listed.get(next) ?? []), header]);
    }
    return { accepted, bestHeight: this.parentHeight };
  }

  override async status(): Promise<StatusView> {
    const tip = { height: this.#groups.height(this.#group), id: new Uint8Array(32), timestampMs: 0 };
    return { ...(await super.status()), group: this.#group, tip, bitcoinHeight: this.parentHeight };
  }

  override async getBlock(ref?: BlockRef): Promise<BlockView> {
    const height = ref !== undefined && 'height' in ref ? ref.height : 0;
    const bitcoinHeaders = this.#listed.get(height) ?? [];
    const body = BODY.encode({ mapUpdate: new Uint8Array(0), bitcoinHeaders, batches: [], transactions: [] });
    return { ...(await super.getBlock()), body };
  }
}

const ANY = { host: '127.0.0.1', port: 0 };

/** Ports are free ones when not given. */
export async function serveGroup(
  backend: MinedGroup,
  ports: { readonly grpc: number; readonly peer: number } = { grpc: 0, peer: 0 },
): Promise<RpcServers> {
  const log = createLog({ level: 'silent', base: {} });
  const addresses = { grpc: { ...ANY, port: ports.grpc }, peerGrpc: { ...ANY, port: ports.peer } };
  return startServers({ backend, log }, addresses);
}
