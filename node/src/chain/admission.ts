// User transactions of one block, in body order: judged, turned into records, run in batches. A block that is being judged
// must take every one of them; one that is being built leaves out what does not fit.
import { partitionOf } from '../core/address.ts';
import { viewOf } from '../core/bytes.ts';
import { HASH_BYTES, sha256dInto } from '../core/hash.ts';
import { RECEIPT_BYTES } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';
import type { RunResult, Stop, VirtualMachine } from '../vm/types.ts';
import type { Effects } from './effects.ts';
import { type BlockContent, BlockInvalid } from './ports.ts';
import type { Registry } from './registry.ts';
import { NO_OP, RECORD } from './relay.ts';
import {
  gasLimitOf,
  problemOf,
  REGISTRY_CONTRACT,
  recordBytesOf,
  senderPartitionOf,
  type TransactionRules,
  validUntilMsOf,
  writeRecord,
} from './transaction.ts';

/** Transactions that run in one batch of the machine. */
const BATCH_TRANSACTIONS = 1_024;
const BATCH_BYTES = 1 << 20;
/** A block is full when so many in a row did not fit. */
const MISSES_MAX = 256;

/** preda.md a.15. */
const STATUS_CONTRACT_UNAVAILABLE = 8;
const STATUS_FUNCTION_DISALLOWED = 10;
const RECEIPT_STATUS = 68;
const RECEIPT_CONTRACT = 88;

export interface AdmissionParts {
  readonly machine: Pick<VirtualMachine, 'run'>;
  readonly effects: Effects;
  readonly registry: Pick<Registry, 'code'>;
  readonly rules: TransactionRules;
  readonly timestampMs: number;
  readonly holds: (partition: number) => boolean;
}

/** A call that must fail where it is signed: its function is not for users, or its contract not known here. */
interface Refused {
  /** Number within the batch. */
  readonly at: number;
  readonly status: number;
  readonly contract: bigint;
}

export interface Admitted {
  /** Of a block that was built; one that is judged lists its own. */
  readonly transactions: readonly Uint8Array[];
  /** Their ids one after the other. */
  readonly ids: Uint8Array;
}

export class Admission {
  readonly #parts: AdmissionParts;
  readonly #strict: boolean;
  readonly #included: Uint8Array[] = [];
  /** Ids of those included, one after the other. */
  #ids = new Uint8Array(0);
  /** Made when the first transaction comes: most blocks of a quiet group have none. */
  #buffer = new Uint8Array(0);
  #view = viewOf(this.#buffer);
  #fill = 0;
  #batch: { readonly bytes: Uint8Array; readonly gas: number }[] = [];
  #refused: Refused[] = [];
  #gasLeft: number;
  #misses = 0;
  #idsKnown = false;

  /** `strict`: the block is being judged, not built. */
  constructor(parts: AdmissionParts, strict: boolean) {
    this.#parts = parts;
    this.#strict = strict;
    this.#gasLeft = parts.rules.userGas;
  }

  /** `ids`, when the caller has computed them already: 32 bytes per transaction in their order; `idOf`, when he may have. */
  run(transactions: Iterable<Uint8Array>, ids?: Uint8Array, idOf?: BlockContent['idOf']): Admitted {
    this.#idsKnown = ids !== undefined;
    let i = 0;
    for (const bytes of transactions) {
      if (this.#misses >= MISSES_MAX) break;
      const id = ids === undefined ? idOf?.(bytes) : ids.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
      i++;
      const view = viewOf(bytes);
      if (this.#accepts(bytes, view)) this.#gather(bytes, view, id);
    }
    this.#flush();
    const included = this.#ids.subarray(0, this.#included.length * HASH_BYTES);
    return { transactions: this.#included, ids: this.#strict && ids !== undefined ? ids : included };
  }

  #accepts(bytes: Uint8Array, view: DataView): boolean {
    const { rules, timestampMs, holds } = this.#parts;
    const problem = problemOf(bytes, rules, view);
    if (problem !== undefined) return this.#refuse(problem);
    if (validUntilMsOf(bytes, view) < timestampMs) return this.#refuse('EXPIRED');
    if (!holds(senderPartitionOf(view, rules.partitions))) return this.#refuse('PARTITION_MOVED');
    if (gasLimitOf(bytes, view) > this.#gasLeft) {
      this.#misses++;
      return this.#refuse('USER_SHARE');
    }
    return true;
  }

  #refuse(code: string): false {
    if (this.#strict) throw new BlockInvalid(code);
    return false;
  }

  #gather(bytes: Uint8Array, view: DataView, id: Uint8Array | undefined): void {
    const size = recordBytesOf(bytes);
    if (this.#buffer.length === 0) {
      this.#buffer = new Uint8Array(BATCH_BYTES);
      this.#view = viewOf(this.#buffer);
    }
    if (this.#batch.length >= BATCH_TRANSACTIONS || this.#fill + size > this.#buffer.length) this.#flush();
    const at = this.#fill;
    const gas = gasLimitOf(bytes, view);
    const out = this.#buffer;
    out.fill(0, at, at + size);
    let known = id;
    if (known === undefined) {
      known = new Uint8Array(HASH_BYTES);
      sha256dInto(bytes, known, 0);
    }
    writeRecord(bytes, out, this.#view, at, this.#parts.rules.partitions, known, view);
    this.#fence(at);
    this.#fill += size;
    this.#gasLeft -= gas;
    this.#batch.push({ bytes, gas });
  }

  /**
   * Users may name exported functions of contracts their own group knows. What fails that must fail here: as a relay it
   * could no longer be told from the contract's own. The record is turned to a contract that cannot exist, at its sender.
   */
  #fence(at: number): void {
    const view = this.#view;
    const known = view.getUint32(at + RECORD.contract + 4, true) === 0;
    const number = view.getUint32(at + RECORD.contract, true);
    if (known && number === 0) return;
    const code = known ? this.#parts.registry.code(number) : undefined;
    if (code?.exports.has(view.getUint16(at + RECORD.op, true))) return;
    const contract = view.getBigUint64(at + RECORD.contract, true);
    if (contract === REGISTRY_CONTRACT && isDeploy(view, at)) return;
    const status = code === undefined ? STATUS_CONTRACT_UNAVAILABLE : STATUS_FUNCTION_DISALLOWED;
    this.#refused.push({ at: this.#batch.length, status, contract });
    view.setBigUint64(at + RECORD.contract, NO_CONTRACT, true);
    const initiator = this.#buffer.subarray(at + RECORD.initiator, at + RECORD.initiator + 36);
    view.setUint32(at + RECORD.partition, partitionOf(initiator, this.#parts.rules.partitions), true);
  }

  #flush(): void {
    let next = 0;
    let at = 0;
    while (at < this.#fill) {
      const run = this.#parts.machine.run(this.#buffer.subarray(at, this.#fill));
      const { done, bytes, stop } = run;
      this.#take(run, at, next);
      next += done;
      at += bytes;
      if (stop === 'end') break;
      this.#leaveOut(stop, this.#batch[next]!.gas);
      next++;
      at += this.#view.getUint32(at + RECORD.size, true);
    }
    this.#fill = 0;
    this.#batch = [];
    this.#refused = [];
  }

  #take(run: RunResult, at: number, first: number): void {
    const { done } = run;
    if (done > 0) this.#misses = 0;
    const receipts = this.#parts.effects.absorb(run);
    const view = viewOf(receipts);
    for (const { at: number, status, contract } of this.#refused) {
      if (number < first || number >= first + done) continue;
      const receipt = (number - first) * RECEIPT_BYTES;
      receipts[receipt + RECEIPT_STATUS] = status;
      view.setBigUint64(receipt + RECEIPT_CONTRACT, contract, true);
    }
    // A block that is judged takes all or is invalid.
    if (this.#strict && this.#idsKnown) return;
    this.#makeRoom(done);
    let record = at;
    for (let i = 0; i < done; i++) {
      const id = this.#buffer.subarray(record + RECORD.id, record + RECORD.id + HASH_BYTES);
      this.#ids.set(id, this.#included.length * HASH_BYTES);
      this.#included.push(this.#batch[first + i]!.bytes);
      record += this.#view.getUint32(record + RECORD.size, true);
    }
  }

  /** For so many more ids. */
  #makeRoom(count: number): void {
    const need = (this.#included.length + count) * HASH_BYTES;
    if (need <= this.#ids.length) return;
    const grown = new Uint8Array(2 * need);
    grown.set(this.#ids);
    this.#ids = grown;
  }

  #leaveOut(stop: Exclude<Stop, 'end'>, gas: number): void {
    if (this.#strict) throw new BlockInvalid(STOP_CODES[stop]);
    this.#gasLeft += gas;
    if (stop !== 'invalid') this.#misses++;
  }
}

/** No registry sequence reaches it, and it is not the registry's own. */
const NO_CONTRACT = REGISTRY_CONTRACT - 1n;

/** A call may name any number; only a deploy's record has this op and scope. */
function isDeploy(view: DataView, at: number): boolean {
  return view.getUint16(at + RECORD.op, true) === NO_OP && view.getUint8(at + RECORD.scope) === SCOPE.global;
}

const STOP_CODES = { gas: 'BLOCK_GAS', room: 'BATCH_FULL', invalid: 'NONCE_OR_FUNDS' } as const;
