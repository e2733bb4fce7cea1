// The port through which group 0 is told of a map update. The same bytes may be sent any number of times: a node takes an
// update once, and none that cannot follow the map in force. No transport, no clock.

export type ProposalCode =
  /** No node took it or refused it: it may have arrived all the same. */
  | 'NOT_HEARD'
  /** A node said why it is not taken. */
  | 'REFUSED';

export class ProposalError extends Error {
  readonly code: ProposalCode;

  constructor(code: ProposalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface Proposals {
  /** To the first of these nodes that hears. Throws ProposalError. */
  propose(addresses: readonly string[], transaction: Uint8Array, signal: AbortSignal): Promise<void>;
}
