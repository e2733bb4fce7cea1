// Templates of all groups over gRPC: of each group's nodes the first that answers is followed, the next one when it fails.
// Waits for nodes as long as it takes, with bounded pauses; hands proofs to the node whose template they solve.
import { setTimeout as pause } from 'node:timers/promises';
import { equalBytes } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import { HEADER } from '../core/layouts.ts';
import type { Template as WireTemplate } from '../rpc/backend.ts';
import { type ErrorCode, RpcError } from '../rpc/errors.ts';
import { MiningRpc } from '../rpc/mining-client.ts';
import { PARENT_HEADER_BYTES } from '../rpc/mining-service.ts';
import type { Template, TemplateSource } from './ports.ts';

const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 4_000;
/**
 * A node that has nothing new for so long is left for another one, where there is one. One that has not answered at all is dialled anew:
 * a name that told the address of a pod that is gone leads nowhere for as long as TCP tries, which is minutes.
 */
const SILENCE_MS = 15_000;
/** Later the block is somebody else's. */
const SUBMIT_DEADLINE_MS = 3_000;
const PARENT_HEADERS_DEADLINE_MS = 10_000;
const HOME_GROUP = 0;

/** No word of the node itself: whether it took the proof is unknown. */
const UNANSWERED: ReadonlySet<ErrorCode> = new Set(['UNREACHABLE', 'DEADLINE', 'CANCELLED', 'INTERNAL']);

/** `host:port` of the second port of each node, by group. */
export type MiningNodes = ReadonlyMap<number, readonly string[]>;

export type GroupStanding =
  | { readonly kind: 'follows'; readonly group: number; readonly address: string }
  | { readonly kind: 'away'; readonly group: number; readonly reason: string };

export interface GrpcTemplatesOptions {
  readonly networkId: Uint8Array;
  /** A group found a node to follow, or has none that answers: told on changes only. */
  readonly onStanding: (standing: GroupStanding) => void;
  readonly silenceMs?: number;
}

interface Link {
  readonly rpc: MiningRpc;
  readonly stop: AbortController;
}

export class GrpcTemplates implements TemplateSource {
  readonly #options: GrpcTemplatesOptions;
  /** By group: the node being asked. */
  readonly #links = new Map<number, Link>();
  readonly #templates = new Map<number, Template>();
  readonly #told = new Map<number, string>();
  #nodes: MiningNodes = new Map();
  #changed = new AbortController();

  constructor(options: GrpcTemplatesOptions) {
    this.#options = options;
  }

  /** Nodes may come and go; one that is followed and still listed is kept. */
  setNodes(nodes: MiningNodes): void {
    this.#nodes = nodes;
    for (const [group, { rpc, stop }] of this.#links) {
      if (nodes.get(group)?.includes(rpc.address) !== true) stop.abort();
    }
    for (const group of this.#told.keys()) if (!nodes.has(group)) this.#told.delete(group);
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Groups whose template may be mined now. */
  dueCount(nowMs: number): number {
    return [...this.#templates.values()].filter(({ notBeforeMs }) => notBeforeMs <= nowMs).length;
  }

  async *watch(group: number, signal: AbortSignal): AsyncGenerator<Template | undefined> {
    let backoffMs = BACKOFF_MIN_MS;
    while (!signal.aborted) {
      const changed = this.#changed.signal;
      const addresses = this.#nodes.get(group) ?? [];
      let reason = 'the peers file lists none';
      let hasAnswered = false;
      for (const address of addresses) {
        if (signal.aborted || changed.aborted) break;
        let isFollowed = false;
        try {
          for await (const template of this.#follow(group, address, addresses.length > 1, signal)) {
            isFollowed = true;
            this.#tell({ kind: 'follows', group, address });
            yield template;
          }
          reason = `${address} gives no templates`;
        } catch (error) {
          reason = `${address}: ${error instanceof Error ? error.message : String(error)}`;
        }
        if (isFollowed && !signal.aborted) yield undefined;
        hasAnswered ||= isFollowed;
      }
      if (signal.aborted) return;
      if (!hasAnswered && !changed.aborted) this.#tell({ kind: 'away', group, reason });
      backoffMs = hasAnswered ? BACKOFF_MIN_MS : backoffMs;
      await pause(backoffMs, undefined, { signal: AbortSignal.any([signal, changed]) }).catch(() => undefined);
      backoffMs = Math.min(BACKOFF_MAX_MS, backoffMs * 2);
    }
  }

  async submit(
    group: number,
    blockId: Uint8Array,
    witness: Uint8Array,
  ): Promise<{ accepted: boolean; reason?: string }> {
    const link = this.#links.get(group);
    if (link === undefined) return { accepted: false, reason: 'UNREACHABLE: no node of the group answers' };
    try {
      await link.rpc.submitProof({ blockId, witness }, { deadlineMs: SUBMIT_DEADLINE_MS });
      return { accepted: true };
    } catch (error) {
      if (!(error instanceof RpcError) || UNANSWERED.has(error.code)) throw error;
      return { accepted: false, reason: error.message };
    }
  }

  async submitParentHeaders(headers: Uint8Array[]): Promise<void> {
    const link = this.#links.get(HOME_GROUP);
    if (link === undefined) throw new RpcError('UNREACHABLE', { message: 'no node of group 0 answers' });
    const packed = new Uint8Array(headers.length * PARENT_HEADER_BYTES);
    for (const [i, header] of headers.entries()) packed.set(header, i * PARENT_HEADER_BYTES);
    await link.rpc.submitParentHeaders(packed, { deadlineMs: PARENT_HEADERS_DEADLINE_MS });
  }

  async *#follow(group: number, address: string, isOneOfMany: boolean, signal: AbortSignal): AsyncGenerator<Template> {
    const link: Link = { rpc: new MiningRpc(address), stop: new AbortController() };
    const { silenceMs = SILENCE_MS } = this.#options;
    let silence: NodeJS.Timeout | undefined;
    const listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => link.stop.abort(), silenceMs);
    };
    this.#links.set(group, link);
    try {
      listen();
      for await (const wire of link.rpc.watchTemplate(AbortSignal.any([signal, link.stop.signal]))) {
        clearTimeout(silence);
        if (isOneOfMany) listen();
        const template = this.#read(group, wire);
        this.#templates.set(group, template);
        yield template;
      }
    } finally {
      clearTimeout(silence);
      link.rpc.close();
      if (this.#links.get(group) === link) {
        this.#links.delete(group);
        this.#templates.delete(group);
      }
    }
  }

  /** What a node offers must be a block of this group and network, or its address is wrong. */
  #read(group: number, wire: WireTemplate): Template {
    const { header, blockId, target, notBeforeMs } = wire;
    const { networkId, group: itsGroup, timestampMs } = HEADER.decode(header);
    if (!equalBytes(networkId, this.#options.networkId)) throw new RpcError('WRONG_NETWORK');
    if (itsGroup !== group) throw new RpcError('WRONG_GROUP', { message: `a node of group ${itsGroup}` });
    if (!equalBytes(sha256d(header), blockId))
      throw new RpcError('BAD_HEADER', { message: 'the id is another block’s' });
    return { group, header, blockId, targetBits: target, timestampMs, notBeforeMs };
  }

  #tell(standing: GroupStanding): void {
    const now = standing.kind === 'follows' ? standing.address : 'away';
    if (this.#told.get(standing.group) === now) return;
    this.#told.set(standing.group, now);
    this.#options.onStanding(standing);
  }
}
