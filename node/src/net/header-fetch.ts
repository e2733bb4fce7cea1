// Learns the headers of one group from one peer, answer after answer, until he has nothing more to tell. It judges none.
import { equalBytes } from '../core/bytes.ts';
import { sha256d } from '../core/hash.ts';
import type { HeadersIntake } from '../engine/api.ts';
import type { HeaderRecord } from '../rpc/backend.ts';

export const HEADERS_PER_ANSWER = 1_000;
/** Answers in a row that tell nothing new: ids of a locator lie thousands of blocks apart where a chain may have left ours. */
const KNOWN_ANSWERS_MAX = 24;
const REST_MS = 10_000;

export interface HeaderFetchModules {
  /** Ids of ours, newest first. */
  locator(): Promise<readonly Uint8Array[]>;
  /** What follows the first of these ids that the peer's chain has. */
  ask(locator: readonly Uint8Array[]): Promise<readonly HeaderRecord[]>;
  take(headers: readonly HeaderRecord[]): Promise<HeadersIntake>;
}

export interface HeadersLearnt {
  readonly learnt: number;
  readonly answers: number;
}

export async function fetchHeaders({ locator, ask, take }: HeaderFetchModules): Promise<HeadersLearnt> {
  let learnt = 0;
  let answers = 0;
  /** Where the last answer ended: our locator names chosen blocks alone, and these may be of a branch that is not chosen yet. */
  let last: Uint8Array | undefined;
  for (let known = 0; known < KNOWN_ANSWERS_MAX; known++) {
    const ours = await locator();
    const headers = await ask(last === undefined ? ours : [last, ...ours]);
    answers++;
    const { fault, accepted, isAllKnown } = await take(headers);
    learnt += accepted;
    if (fault !== undefined || headers.length < HEADERS_PER_ANSWER || (accepted === 0 && !isAllKnown)) break;
    const end = sha256d(headers.at(-1)!.header);
    if (last !== undefined && equalBytes(end, last)) break;
    last = end;
    if (accepted > 0) known = 0;
  }
  return { learnt, answers };
}

/** Who told at length of a group what is known, as one on a chain too far from ours does, is not asked again at once. */
export class TiringPeers {
  /** By group and peer; no longer than they rest. */
  readonly #untilMs = new Map<string, number>();

  note(group: number, peer: string, { learnt, answers }: HeadersLearnt, nowMs: number): void {
    for (const [rested, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(rested);
    const key = `${group} ${peer}`;
    if (learnt === 0 && answers > 1) this.#untilMs.set(key, nowMs + REST_MS);
    else this.#untilMs.delete(key);
  }

  isTiring(group: number, peer: string, nowMs: number): boolean {
    return (this.#untilMs.get(`${group} ${peer}`) ?? 0) > nowMs;
  }
}
