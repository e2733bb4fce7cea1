// What bench vm asks of a peer: so many token transfers between random accounts, in one call. Names no peer.

export interface Peer {
  readonly name: string;
  /** How many times as fast we must be, and want to be. */
  readonly floor?: number;
  readonly goal?: number;
  /** Runs about as many transfers as it is asked for; answers how many, and the processor time they took. */
  run(transfers: number): Promise<{ readonly transfers: number; readonly ms: number }>;
  close(): Promise<void>;
}

/** A peer, or why this machine has none. */
export type Found = Peer | { readonly name: string; readonly missing: string };

export function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
