// What a node says of itself and its network when it is asked, and the port through which it is asked. No transport, no clock.

export interface NodeAnswer {
  readonly group: number;
  readonly height: number;
  readonly tipTimestampMs: number;
  readonly inSync: boolean;
  /** Of the shard map at its tip. */
  readonly epoch: number;
  /** The group of every partition. */
  readonly owners: readonly number[];
  /** 0 without a Bitcoin parent. */
  readonly bitcoinHeight: number;
  /** Lower-case hex. */
  readonly networkId: string;
  /** What it knows of every group, its own included. */
  readonly groups: readonly GroupSeen[];
}

export interface GroupSeen {
  readonly group: number;
  readonly height: number;
  readonly timestampMs: number;
}

export interface NodeSource {
  /** Undefined when it does not answer in time. */
  ask(address: string, signal: AbortSignal): Promise<NodeAnswer | undefined>;
  close(): void;
}
