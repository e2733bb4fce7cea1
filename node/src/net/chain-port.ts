// What the network asks of the chain: take this, what is missing, what may be told. The engine's thread answers.
import type { HeaderRecord } from '../rpc/backend.ts';
import type { Want } from './wants.ts';

export interface Announced extends HeaderRecord {
  /** PROVEN_LEAF bytes of our own leaf, empty when not sent along. */
  readonly leaf: Uint8Array;
}

/** What a peer sent, judged: a fault is his and costs him the connection. */
export interface Intake {
  readonly fault: string | undefined;
  /** How many were new. */
  readonly accepted: number;
}

export interface ChainPort {
  takeHeaders(headers: readonly Announced[], from: string): Promise<Intake>;
  takeBody(id: Uint8Array, body: Uint8Array, signaturesOk: boolean): Promise<Intake>;
  takeLeaf(sourceId: Uint8Array, leaf: Uint8Array): Promise<Intake>;
  /** Ids of the chosen chain of a group, newest first, ever further apart. */
  locator(group: number): Promise<Uint8Array[]>;
  wants(): Promise<Want[]>;
}

/** A block of our own, stored, as other groups are told of it. */
export interface OwnBlock extends HeaderRecord {
  readonly height: number;
  readonly id: Uint8Array;
  /** PROVEN_LEAF bytes per group. */
  readonly leaves: readonly { readonly group: number; readonly leaf: Uint8Array }[];
}
