// A transaction on its way, as the parts of the open loop hand it to each other. A type alone.
import type { Signed } from './sign-ahead.ts';

/** One transaction on its way. */
export interface Offer {
  readonly signed: Signed;
  readonly intendedMs: number;
  /** Not offered load: it takes a nonce that others wait for. */
  readonly isFiller: boolean;
  isAccepted: boolean;
  attempts: number;
  resendMs: number;
}
