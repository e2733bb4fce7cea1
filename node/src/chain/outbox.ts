// What a block sends: relays and system messages gathered per destination, encoded as batches; and reading a batch back.
// The tree over the batches and its proofs are outbox-proof.ts.
import { DecodeError } from '../core/codec.ts';
import { BATCH, CREDIT, type Credit, DELTA, MAX_BATCH_BYTES, type SystemMessage } from '../core/layouts.ts';
import type { CellEntry } from './cell-entries.ts';
import { judgeDelta, type KnownContracts } from './delta.ts';
import { checkRelays, type RelayRules } from './relay.ts';
import { HOME_GROUP } from './shard-map.ts';
import { withTail } from './tail.ts';

const MESSAGE_KIND = { credit: 1, delta: 2, state: 3 } as const;

interface Outgoing {
  readonly system: SystemMessage[];
  readonly relays: Uint8Array[];
}

/** One block's sendings. */
export class Outbox {
  readonly #source: number;
  readonly #height: number;
  readonly #byGroup = new Map<number, Outgoing>();

  constructor(source: number, height: number) {
    this.#source = source;
    this.#height = height;
  }

  /** Keeps a copy: what a run answers is a view. */
  addRelays(group: number, records: Uint8Array): void {
    if (records.length > 0) this.#to(group).relays.push(records.slice());
  }

  addCredit(group: number, credit: Credit): void {
    this.#to(group).system.push({ kind: MESSAGE_KIND.credit, payload: CREDIT.encode(credit) });
  }

  addDelta(group: number, delta: Uint8Array): void {
    this.#to(group).system.push({ kind: MESSAGE_KIND.delta, payload: delta });
  }

  /** All of the global state, for a group that joins: a delta from nothing. */
  addState(group: number, state: Uint8Array): void {
    this.#to(group).system.push({ kind: MESSAGE_KIND.state, payload: state });
  }

  /** Batch bytes of every group something goes to, ascending by group. */
  leaves(): { readonly group: number; readonly leaf: Uint8Array }[] {
    const groups = [...this.#byGroup.keys()].sort((a, b) => a - b);
    return groups.map((group) => {
      const { system, relays } = this.#byGroup.get(group)!;
      const head = BATCH.encode({ source: this.#source, height: this.#height, system, relays: NO_BYTES });
      const leaf = withTail(head, relays);
      if (leaf.length > MAX_BATCH_BYTES) throw new Error(`a batch of ${leaf.length} bytes for group ${group}`);
      return { group, leaf };
    });
  }

  #to(group: number): Outgoing {
    let out = this.#byGroup.get(group);
    if (out === undefined) {
      out = { system: [], relays: [] };
      this.#byGroup.set(group, out);
    }
    return out;
  }
}

/** New cells of the replica, and its version with them. */
export interface ReadDelta {
  readonly version: number;
  readonly cells: readonly CellEntry[];
}

/** A batch that is what its source had to write. */
export interface ReadBatch {
  readonly credits: readonly Credit[];
  readonly delta: ReadDelta | undefined;
  /** Relay records, well-formed and all for partitions held here. */
  readonly relays: Uint8Array;
  /** msat it brings. */
  readonly worth: bigint;
}

export interface BatchRules extends RelayRules {
  /** Version of the replica before this batch. */
  readonly deltas: number;
  /** The reader joined: while its replica is empty it takes all of the global state at once. */
  readonly joined: boolean;
  readonly contracts: KnownContracts;
  /** msat that may still come in before a group would hold more than can exist. */
  readonly headroom: bigint;
  /** Partition of an account, to see that a credit came to its owner. */
  readonly partitionOf: (address: Uint8Array) => number;
}

const NO_BYTES = new Uint8Array(0);
const EMPTY: ReadBatch = { credits: [], delta: undefined, relays: NO_BYTES, worth: 0n };
/**
 * Reads a proven leaf. One that breaks any rule reads as empty, nothing of it takes effect: nobody here judged the
 * foreign block, and every node must come to the same answer.
 */
export function readBatch(leaf: Uint8Array, source: number, height: number, rules: BatchRules): ReadBatch {
  if (leaf.length === 0) return EMPTY;
  try {
    return decodeBatch(leaf, source, height, rules) ?? EMPTY;
  } catch (error) {
    if (error instanceof DecodeError) return EMPTY;
    throw error;
  }
}

function decodeBatch(leaf: Uint8Array, source: number, height: number, rules: BatchRules): ReadBatch | undefined {
  const batch = BATCH.decode(leaf);
  if (batch.source !== source || batch.height !== height) return undefined;
  const credits: Credit[] = [];
  let delta: ReadDelta | undefined;
  const relayWorth = checkRelays(batch.relays, rules);
  if (relayWorth === undefined) return undefined;
  let worth = relayWorth;
  for (const { kind, payload } of batch.system) {
    if (kind === MESSAGE_KIND.credit) {
      const credit = CREDIT.decode(payload);
      if (!rules.holds(rules.partitionOf(credit.to))) return undefined;
      credits.push(credit);
      worth += credit.amount;
    } else if (delta === undefined && source === HOME_GROUP) {
      const { version, cells: entries } = DELTA.decode(payload);
      const cells = fitsVersion(kind, version, rules) ? judgeDelta(entries, rules.contracts) : undefined;
      if (cells === undefined) return undefined;
      delta = { version, cells };
    } else return undefined;
  }
  return worth <= rules.headroom ? { credits, delta, relays: batch.relays, worth } : undefined;
}

function fitsVersion(kind: number, version: number, { deltas, joined }: BatchRules): boolean {
  if (kind === MESSAGE_KIND.delta) return version === deltas + 1;
  return kind === MESSAGE_KIND.state && joined && deltas === 0 && version > 0;
}
