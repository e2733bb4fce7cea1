// What every bench is given: where its networks go, what is known of prices, who listens. Types and wiring; it measures nothing.
import type { Workplace } from './leftovers.ts';
import type { Prices } from './price.ts';

export interface Tools {
  readonly workplace: Workplace;
  readonly prices: Prices;
  /** One line of progress. */
  readonly onNote: (line: string) => void;
  readonly signal: AbortSignal;
}
