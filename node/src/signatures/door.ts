// The door: every transaction's signature is checked once, in batches, off this thread, and the verdict is remembered.
// Judges signatures only; what else may be wrong with a transaction is not seen here.
import { concatBytes } from '../core/bytes.ts';
import { HASH_BYTES, sha256dInto } from '../core/hash.ts';
import { MIN_SIGNED_BYTES } from '../core/signed-bytes.ts';
import { CheckThreads } from './check-threads.ts';
import { VERDICT } from './jobs.ts';
import { RecentIds } from './recent-ids.ts';

/** Who asks: a block, which must be decided, or the connection a batch came from, which may be refused. */
export type DoorSource = 'block' | (string & {});

/** Signatures checked in one go: about 12 ms, the longest a block waits behind others. */
const CHUNK_TRANSACTIONS = 256;
const MAX_WAITING = 65_536;
const MAX_WAITING_PER_CONNECTION = 8_192;
const VALID_REMEMBERED = 65_536;
const FORGED_REMEMBERED = 4_096;
/** What waits longer for a block is checked again: at the rates at which that happens it costs little. */
const REMEMBERED_MS = 30_000;
/** Valid signatures that libsodium refuses exist but nobody makes them by accident: a connection may bring a few. */
const SLOW_BURST = 16;
const SLOW_PER_SECOND = 4;
const MAX_SLOW_WAITING = 256;
const CONNECTIONS_REMEMBERED = 4_096;

/** The door has too much to do for this connection; code of the error table. */
export class DoorError extends Error {
  readonly code = 'BUSY';
}

/** The part of the metric table the door feeds. */
export interface DoorMetrics {
  readonly signatures: {
    readonly checked: { inc(labels: { verdict: string }, by: number): void };
    readonly slow: { inc(by: number): void };
    readonly batchSeconds: { observe(seconds: number): void };
    readonly waiting: { set(count: number): void };
    readonly remembered: { set(count: number): void };
  };
}

export interface DoorOptions {
  readonly metrics?: DoorMetrics;
  /** Threads of the fast path; the slow one has its own. */
  readonly threads?: number;
}

export interface Checked {
  readonly valid: readonly boolean[];
  /** 32 bytes for each transaction; zeros for what is too short to be one. */
  readonly ids: Uint8Array;
}

const NONE = new Uint8Array(0);

interface Account {
  waiting: number;
  slowTokens: number;
  filledAtMs: number;
}

export class SignatureDoor {
  readonly #metrics: DoorMetrics | undefined;
  readonly #fast: CheckThreads;
  readonly #slow = new CheckThreads(1);
  readonly #valid = new RecentIds({ limit: VALID_REMEMBERED, rememberMs: REMEMBERED_MS });
  readonly #forged = new RecentIds({ limit: FORGED_REMEMBERED, rememberMs: REMEMBERED_MS });
  readonly #accounts = new Map<string, Account>();
  #waiting = 0;
  #slowWaiting = 0;

  constructor(options: DoorOptions = {}) {
    this.#metrics = options.metrics;
    this.#fast = new CheckThreads(options.threads ?? 1);
  }

  /**
   * One flag per transaction. After the first forged one the doubtful rest of the batch counts as refused, because its
   * sender is about to be dropped. Throws DoorError when the connection asks for too much at once.
   */
  async verify(transactions: readonly Uint8Array[], source: DoorSource): Promise<readonly boolean[]> {
    return (await this.check(transactions, source)).valid;
  }

  /** As `verify`, and the ids that were computed on the way. */
  async check(transactions: readonly Uint8Array[], source: DoorSource): Promise<Checked> {
    const startedMs = performance.now();
    const out: boolean[] = new Array<boolean>(transactions.length).fill(false);
    const idBytes = new Uint8Array(transactions.length * HASH_BYTES);
    const ids: string[] = new Array<string>(transactions.length).fill('');
    const unknown: number[] = [];
    const counts = { valid: 0, invalid: 0, remembered: 0, malformed: 0 };
    for (const [i, bytes] of transactions.entries()) {
      if (bytes.length < MIN_SIGNED_BYTES) {
        counts.malformed += 1;
        continue;
      }
      const id = sha256dInto(bytes, idBytes, i * HASH_BYTES);
      ids[i] = id;
      if (this.#valid.has(id)) out[i] = true;
      else if (!this.#forged.has(id)) {
        unknown.push(i);
        continue;
      }
      counts.remembered += 1;
    }
    const verdicts = unknown.length === 0 ? NONE : await this.#decide(transactions, unknown, source);
    for (const [k, verdict] of verdicts.entries()) {
      const i = unknown[k]!;
      if (verdict === VERDICT.accepted) {
        out[i] = true;
        counts.valid += 1;
        this.#valid.add(ids[i]!, startedMs);
      } else {
        counts.invalid += 1;
        if (verdict === VERDICT.refused) this.#forged.add(ids[i]!, startedMs);
      }
    }
    this.#report(counts, startedMs);
    return { valid: out, ids: idBytes };
  }

  async close(): Promise<void> {
    await Promise.all([this.#fast.close(), this.#slow.close()]);
  }

  async #decide(transactions: readonly Uint8Array[], which: number[], source: DoorSource): Promise<Uint8Array> {
    const urgent = source === 'block';
    const account = urgent ? undefined : this.#accountOf(source);
    if (account !== undefined) {
      if (account.waiting + which.length > MAX_WAITING_PER_CONNECTION || this.#waiting + which.length > MAX_WAITING) {
        throw new DoorError('too many signatures of this connection wait');
      }
      account.waiting += which.length;
    }
    this.#waiting += which.length;
    try {
      const chunks: Promise<Uint8Array>[] = [];
      for (let at = 0; at < which.length; at += CHUNK_TRANSACTIONS) {
        const chunk = which.slice(at, at + CHUNK_TRANSACTIONS).map((i) => transactions[i]!);
        chunks.push(this.#fast.check('fast', chunk, urgent));
      }
      const verdicts = concatBytes(await Promise.all(chunks));
      if (verdicts.every((verdict) => verdict === VERDICT.accepted)) return verdicts;
      const doubtful = [...verdicts.keys()].filter((k) => verdicts[k] !== VERDICT.accepted);
      const bytes = doubtful.map((k) => transactions[which[k]!]!);
      for (const [j, verdict] of (await this.#decideSlowly(bytes, account)).entries()) verdicts[doubtful[j]!] = verdict;
      return verdicts;
    } finally {
      this.#waiting -= which.length;
      if (account !== undefined) account.waiting -= which.length;
    }
  }

  /** The first forged one ends it, so an attacker gets one slow check per connection, and few when they are valid. */
  async #decideSlowly(transactions: readonly Uint8Array[], account: Account | undefined): Promise<Uint8Array> {
    let affordable = transactions.length;
    if (account !== undefined) {
      const nowMs = performance.now();
      const refill = ((nowMs - account.filledAtMs) / 1_000) * SLOW_PER_SECOND;
      account.slowTokens = Math.min(SLOW_BURST, account.slowTokens + refill);
      account.filledAtMs = nowMs;
      affordable = Math.min(affordable, Math.floor(account.slowTokens), MAX_SLOW_WAITING - this.#slowWaiting);
      if (affordable < 1) throw new DoorError('too many unusual signatures of this connection');
      account.slowTokens -= affordable;
    }
    this.#slowWaiting += affordable;
    this.#metrics?.signatures.slow.inc(affordable);
    try {
      const verdicts = new Uint8Array(transactions.length).fill(VERDICT.undecided);
      verdicts.set(await this.#slow.check('zip215', transactions.slice(0, affordable), account === undefined));
      const forged = verdicts.includes(VERDICT.refused);
      if (!forged && affordable < transactions.length)
        throw new DoorError('too many unusual signatures of this connection');
      return verdicts;
    } finally {
      this.#slowWaiting -= affordable;
    }
  }

  #accountOf(connection: string): Account {
    let account = this.#accounts.get(connection);
    if (account === undefined) {
      if (this.#accounts.size >= CONNECTIONS_REMEMBERED) {
        const idle = [...this.#accounts].find(([, { waiting }]) => waiting === 0);
        if (idle !== undefined) this.#accounts.delete(idle[0]);
      }
      account = { waiting: 0, slowTokens: SLOW_BURST, filledAtMs: performance.now() };
      this.#accounts.set(connection, account);
    }
    return account;
  }

  #report(counts: Readonly<Record<string, number>>, startedMs: number): void {
    const signatures = this.#metrics?.signatures;
    if (signatures === undefined) return;
    for (const [verdict, count] of Object.entries(counts)) if (count > 0) signatures.checked.inc({ verdict }, count);
    signatures.batchSeconds.observe((performance.now() - startedMs) / 1_000);
    signatures.waiting.set(this.#waiting);
    signatures.remembered.set(this.#valid.size);
  }
}
