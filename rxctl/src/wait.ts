// Waits for what a network does, with a bound, and says what was last seen when the bound is reached.
import { setTimeout as delay } from 'node:timers/promises';
import { CliError, EXIT } from './exit.ts';
import { FINAL_STATES, type Network, type TransactionReport, type TransactionState } from './network.ts';

const POLL_MS = 250;
export const WAIT_MAX_MS = 120_000;

/** The transaction when its whole relay tree has ended. */
export function untilFinal(
  network: Network,
  id: string,
  signal: AbortSignal,
  timeoutMs: number = WAIT_MAX_MS,
): Promise<TransactionReport> {
  return untilState(network, id, FINAL_STATES, signal, timeoutMs);
}

export async function untilState(
  network: Network,
  id: string,
  states: readonly TransactionState[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<TransactionReport> {
  const deadlineMs = performance.now() + timeoutMs;
  let seen: TransactionReport | undefined;
  while (performance.now() < deadlineMs && !signal.aborted) {
    seen = (await network.transaction(id)) ?? seen;
    if (seen !== undefined && (states.includes(seen.state) || FINAL_STATES.some((state) => state === seen?.state)))
      return seen;
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  const state =
    seen === undefined ? 'unknown to every node' : `${seen.state} (${seen.done} of ${seen.total} invocations)`;
  throw new CliError(
    EXIT.timeout,
    `transaction ${id} is ${state} after ${Math.round(timeoutMs / 1000)} s`,
    `look again later: rxctl tx ${id}`,
  );
}
