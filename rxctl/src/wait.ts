// Waits for what a network does, with a bound, and says what was last seen when the bound is reached.
import { setTimeout as delay } from 'node:timers/promises';
import { CliError, EXIT } from './exit.ts';
import { FINAL_STATES, type Network, type TransactionReport, type TransactionState } from './network.ts';

const POLL_MS = 250;
const WAIT_MAX_MS = 120_000;

export type WaitOptions = {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
  /** Called with every look. */
  readonly onSeen?: (report: TransactionReport | undefined) => void;
};

/** The transaction when its whole relay tree has ended. */
export function untilFinal(network: Network, id: string, signal: AbortSignal): Promise<TransactionReport> {
  return untilState(network, id, FINAL_STATES, { signal });
}

export async function untilState(
  network: Network,
  id: string,
  states: readonly TransactionState[],
  { signal, timeoutMs = WAIT_MAX_MS, onSeen }: WaitOptions,
): Promise<TransactionReport> {
  const startedAtMs = performance.now();
  const deadlineMs = startedAtMs + timeoutMs;
  let seen: TransactionReport | undefined;
  while (performance.now() < deadlineMs && !signal.aborted) {
    seen = (await network.transaction(id)) ?? seen;
    onSeen?.(seen);
    if (seen !== undefined && (states.includes(seen.state) || FINAL_STATES.some((state) => state === seen?.state)))
      return seen;
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  const state = seen === undefined ? 'unknown to every node' : progressOf(seen);
  throw new CliError(
    EXIT.timeout,
    `transaction ${id} is ${state} after ${seconds(performance.now() - startedAtMs)} s`,
    `look again later: rxctl tx ${id}`,
  );
}

/** 'Running (2 of 5 invocations)' */
function progressOf({ state, done, total }: TransactionReport): string {
  return `${state} (${done} of ${total} invocations)`;
}

/** Tenths where they matter. */
function seconds(durationMs: number): string {
  return durationMs < 10_000 ? `${Math.round(durationMs / 100) / 10}` : `${Math.round(durationMs / 1000)}`;
}
