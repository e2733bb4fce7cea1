// What the nodes of a network say of the whole of it. Types, and which of them is believed.

export interface ChainSeen {
  readonly height: number;
  readonly tipTimestampMs: number;
  readonly inSync: boolean;
  /** Of the shard map at its tip. */
  readonly epoch: number;
  /** The group of every partition. */
  readonly owners: readonly number[];
  /** 0 without a Bitcoin parent. */
  readonly bitcoinHeight: number;
  /** Groups of the shard map. */
  readonly groups: readonly { readonly group: number; readonly height: number }[];
}

/** The one with the newest map. */
export function newest(answers: Iterable<ChainSeen>): ChainSeen | undefined {
  let best: ChainSeen | undefined;
  for (const answer of answers) if (best === undefined || answer.epoch > best.epoch) best = answer;
  return best;
}
