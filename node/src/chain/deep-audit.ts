// Re-executes one group's chain from its stored bodies and holds every stored record against what comes out. One block per
// step, so that the caller may stop in between. It reads what it is given, writes nothing and repairs nothing.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import { equalBytes, toHex } from '../core/bytes.ts';
import { type Genesis, TOTALS } from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import { recount } from './audit.ts';
import { checkBody } from './body-check.ts';
import { entriesOf } from './cell-entries.ts';
import { amountWords } from './cell-words.ts';
import { type ComparedBlock, compareOutcome, compareSnapshot, finding } from './compare-records.ts';
import { namesOf } from './contract-names.ts';
import { type CutRow, type DeepReport, Findings } from './deep-report.ts';
import type { GroupState, StoredState } from './group-state.ts';
import type { LeafCheck } from './inbox.ts';
import { BlockInvalid, type BlockOutcome, RootsDiffer } from './ports.ts';
import { liveCheckpoint } from './state.ts';

/** Newest blocks whose totals the report carries: one of them is in every closed cut of groups in step. */
export const CUT_ROWS = 128;
/** Times the state may be taken from stored diffs because a body is missing or wrong. */
const RESUMES_MAX = 16;

export interface StoredSnapshot {
  readonly height: number;
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a node stored of its own blocks. */
export interface StoredBlocks {
  body(id: Uint8Array): Uint8Array | undefined;
  diff(id: Uint8Array): Uint8Array | undefined;
  undo(id: Uint8Array): Uint8Array | undefined;
  receipts(id: Uint8Array): Uint8Array | undefined;
  totals(id: Uint8Array): Uint8Array | undefined;
  outbox(id: Uint8Array): BlockOutcome['outbox'] | undefined;
  /** Newest first. */
  snapshots(): readonly StoredSnapshot[];
  /** The block whose state came from a peer; undefined when all blocks were executed here. */
  base(): { readonly height: number; readonly id: Uint8Array } | undefined;
}

export interface LoadedState {
  readonly state: GroupState;
  readonly machine: Pick<VirtualMachine, 'exportPartition' | 'cellsOf'>;
}

export interface DeepAuditParts {
  readonly genesis: Genesis;
  readonly networkId: Uint8Array;
  readonly group: number;
  /** The group's chain from its genesis to the stored tip. */
  readonly line: readonly HeaderEntry[];
  readonly store: StoredBlocks;
  /** A fresh state; throws when what was stored cannot be one. */
  readonly load: (stored: StoredState) => LoadedState;
  readonly isOurLeaf: LeafCheck;
  /** Begin at the newest snapshot instead of genesis: quicker, and what came before it is believed. */
  readonly fromSnapshot: boolean;
}

export class DeepAudit {
  readonly #parts: DeepAuditParts;
  readonly #findings = new Findings();
  readonly #notes: string[] = [];
  readonly #snapshots: ReadonlyMap<string, StoredSnapshot>;
  readonly #cut: CutRow[] = [];
  readonly #from: number;
  #loaded: LoadedState;
  #next: number;
  #blocks = 0;
  #transactions = 0;
  /** Stored diffs of blocks that could not be re-executed, not yet part of the state. */
  #carry: Uint8Array[] = [];
  #carried = 0;
  #resumes = 0;
  #broken = false;

  constructor(parts: DeepAuditParts) {
    this.#parts = parts;
    this.#snapshots = new Map(parts.store.snapshots().map((snapshot) => [toHex(snapshot.id), snapshot]));
    const base = parts.store.base();
    if (base !== undefined)
      this.#notes.push(`the state after block ${base.height} came from a peer: nothing before it was executed here`);
    const isNewest = parts.fromSnapshot || base === undefined;
    const start = parts.line.findLast(({ key }) => (isNewest ? this.#snapshots.has(key) : key === toHex(base.id)));
    const first = parts.fromSnapshot || base !== undefined ? this.#fromSnapshot(start) : undefined;
    this.#from = first?.height ?? 0;
    this.#loaded = first?.loaded ?? parts.load({ snapshot: undefined, diffs: [] });
    this.#next = this.#from + 1;
  }

  /** Blocks still to come. */
  get left(): number {
    return this.#broken ? 0 : this.#parts.line.length - this.#next;
  }

  /** A problem found before the first block, such as a header that cannot be read. */
  add(height: number, id: Uint8Array, record: 'header', message: string): void {
    this.#findings.add(finding({ height, id }, record, message));
  }

  /** Re-executes the next block. */
  step(): void {
    const entry = this.#parts.line[this.#next++]!;
    const bytes = this.#parts.store.body(entry.id);
    if (bytes === undefined) this.#takeOver(entry, 'body', 'its stored body is missing');
    else if (this.#carry.length === 0 || this.#resume(entry)) this.#execute(entry, bytes);
  }

  /** After the last step. */
  report(): DeepReport {
    const { line, group, networkId } = this.#parts;
    const tip = line.at(-1)!;
    const live = this.#count(this.#loaded);
    const held = TOTALS.decode(this.#loaded.state.totals).held;
    const at = line[this.#loaded.state.height]!;
    if (live.msat !== held) {
      const message = `accounts and queues add up to ${amountWords(live.msat)}, its totals hold ${amountWords(held)}`;
      this.#findings.add(finding(at, 'state', message));
    }
    if (this.#carry.length > 0) this.#notes.push(`the last ${this.#carry.length} blocks could not be re-executed`);
    const stored = this.#countStored(tip);
    return {
      clean: this.#findings.count === 0,
      group,
      network: toHex(networkId),
      from: this.#from,
      tip: { height: tip.height, id: toHex(tip.id) },
      blocks: this.#blocks,
      carried: this.#carried,
      transactions: this.#transactions,
      cells: live.cells,
      heldMsat: `${held}`,
      recountedMsat: `${live.msat}`,
      storedMsat: stored === undefined ? '' : `${stored}`,
      findings: this.#findings.list,
      findingsLeftOut: this.#findings.leftOut,
      notes: this.#notes,
      cut: this.#cut,
    };
  }

  #execute(entry: HeaderEntry, bodyBytes: Uint8Array): void {
    const { state } = this.#loaded;
    const ready = checkBody(state, entry, bodyBytes, this.#parts.isOurLeaf);
    if (ready === undefined) {
      this.#takeOver(entry, 'body', 'its stored body is not the one its header names');
      return;
    }
    try {
      const { body, sources } = ready;
      const { id, header, bytes: headerBytes } = entry;
      const outcome = state.apply({ id, header, headerBytes, map: entry.map, body, bodyBytes, sources });
      this.#blocks++;
      this.#transactions += body.transactions.length;
      this.#compareRecords(entry, outcome, 'right');
      this.#compareSnapshot(entry);
      this.#noteCut(entry, outcome.totals);
    } catch (error) {
      if (!(error instanceof BlockInvalid)) throw error;
      this.#takeOver(entry, 'block', `re-executing it gives other than its header says: ${error.message}`);
      if (error instanceof RootsDiffer) this.#compareRecords(entry, error.outcome, 're-executed');
    }
  }

  #compareRecords(entry: HeaderEntry, outcome: BlockOutcome, other: ComparedBlock['other']): void {
    const { store } = this.#parts;
    const { id } = entry;
    const stored = {
      diff: store.diff(id),
      undo: store.undo(id),
      receipts: store.receipts(id),
      totals: store.totals(id),
      outbox: store.outbox(id),
    };
    for (const each of compareOutcome(this.#compared(entry, other), stored, outcome)) this.#findings.add(each);
  }

  #compareSnapshot(entry: HeaderEntry): void {
    const stored = this.#snapshots.get(entry.key);
    if (stored === undefined) return;
    const right = this.#loaded.state.snapshot();
    for (const each of compareSnapshot(this.#compared(entry, 'right'), stored.bytes, right)) this.#findings.add(each);
  }

  #compared({ height, id }: HeaderEntry, other: ComparedBlock['other']): ComparedBlock {
    return { height, id, names: namesOf(this.#loaded.state.registry), other };
  }

  #noteCut(entry: HeaderEntry, totals: Uint8Array): void {
    if (entry.height <= this.#parts.line.length - 1 - CUT_ROWS) return;
    const read = [...entry.cursors()].map(([group, { height }]) => [`${group}`, height] as const);
    this.#cut.push({ height: entry.height, totals: toHex(totals), read: Object.fromEntries(read) });
  }

  /** A block that cannot be re-executed: its stored diff has to do. */
  #takeOver(entry: HeaderEntry, record: 'body' | 'block', message: string): void {
    this.#findings.add(finding(entry, record, message));
    const diff = this.#parts.store.diff(entry.id);
    if (diff === undefined) this.#stop(entry, 'its stored diff is missing too');
    else this.#carry.push(diff);
  }

  /** Brings the state over the blocks taken over, to the parent of `entry`. */
  #resume(entry: HeaderEntry): boolean {
    const parent = entry.parent!;
    if (++this.#resumes > RESUMES_MAX) {
      this.#stop(parent, `more than ${RESUMES_MAX} gaps before it`);
      return false;
    }
    try {
      const loaded = this.#parts.load({ snapshot: this.#loaded.state.snapshot(), diffs: this.#carry });
      if (equalBytes(loaded.state.stateRoot, parent.header.stateRoot)) {
        this.#loaded = loaded;
        this.#carried += this.#carry.length;
        this.#carry = [];
        return true;
      }
      this.#stop(parent, 'the stored diffs up to it do not lead to its state root');
    } catch (error) {
      this.#stop(parent, `the stored diffs up to it cannot be applied: ${reasonOf(error)}`);
    }
    return false;
  }

  #stop(entry: HeaderEntry, reason: string): void {
    this.#broken = true;
    this.#findings.add(finding(entry, 'diff', reason));
    this.#notes.push(`nothing after block ${this.#loaded.state.height} was re-executed`);
  }

  #fromSnapshot(entry: HeaderEntry | undefined): { readonly height: number; readonly loaded: LoadedState } | undefined {
    const { line, genesis } = this.#parts;
    const bytes = entry === undefined ? undefined : this.#snapshots.get(entry.key)?.bytes;
    if (entry === undefined || bytes === undefined) {
      this.#notes.push('there is no snapshot on this chain: it was re-executed from genesis');
      return undefined;
    }
    const loaded = this.#tryLoad(entry, { snapshot: bytes, diffs: [] }, `its stored snapshot`);
    if (loaded === undefined) return undefined;
    const next = line[entry.height + genesis.checkpointEvery];
    if (entry.height % genesis.checkpointEvery !== 0 || next === undefined) {
      this.#notes.push(`the cells of the snapshot of block ${entry.height} were believed: no header commits them yet`);
    } else if (!equalBytes(liveCheckpoint(loaded.machine, genesis.partitions), next.header.checkpointRoot)) {
      const message = `the cells of its stored snapshot are not those block ${next.height} commits as checkpoint; run without --from-snapshot to name them`;
      this.#findings.add(finding(entry, 'snapshot', message));
    }
    return { height: entry.height, loaded };
  }

  /** What a restart would load; undefined, and said, when it would fail. */
  #countStored(tip: HeaderEntry): bigint | undefined {
    const { line, store } = this.#parts;
    const base = line.findLast(({ key }) => this.#snapshots.has(key));
    const diffs: Uint8Array[] = [];
    for (const { id } of line.slice((base?.height ?? 0) + 1)) {
      const diff = store.diff(id);
      // Said before, block by block.
      if (diff === undefined) return undefined;
      diffs.push(diff);
    }
    const snapshot = base === undefined ? undefined : this.#snapshots.get(base.key)!.bytes;
    const loaded = this.#tryLoad(tip, { snapshot, diffs }, 'what a restart would load up to it');
    if (loaded === undefined) return undefined;
    const { msat } = this.#count(loaded);
    const { held } = TOTALS.decode(loaded.state.totals);
    if (msat !== held) {
      const message = `a restart would load accounts and queues of ${amountWords(msat)} where its totals hold ${amountWords(held)}`;
      this.#findings.add(finding(tip, 'state', message));
    }
    return msat;
  }

  #tryLoad(entry: HeaderEntry, stored: StoredState, what: string): LoadedState | undefined {
    try {
      const loaded = this.#parts.load(stored);
      if (equalBytes(loaded.state.stateRoot, entry.header.stateRoot)) return loaded;
      this.#findings.add(finding(entry, 'state', `${what} does not lead to its state root`));
      return loaded;
    } catch (error) {
      this.#findings.add(finding(entry, 'state', `${what} cannot be loaded: ${reasonOf(error)}`));
      return undefined;
    }
  }

  #count({ machine }: LoadedState): { readonly msat: bigint; readonly cells: number } {
    const { partitions } = this.#parts.genesis;
    let msat = 0n;
    let cells = 0;
    for (const partition of [...Array(partitions).keys(), GLOBAL_PARTITION, REPLICA_PARTITION]) {
      msat += recount(entriesOf(machine.exportPartition(partition)));
      cells += machine.cellsOf(partition);
    }
    return { msat, cells };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
