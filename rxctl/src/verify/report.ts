// What a verification found: how often each thing was checked, and every problem with its place. It judges nothing.

/** Everything that is derived a second time, in the order it is done; the text is what a person reads. */
export const CHECKS = {
  folder: 'the folder: its pages can be read, its tables are known, it belongs to this genesis',
  ids: 'header bytes hash to the block id they are stored under',
  headers: 'header fields: version, network, parent link, height, timestamp, target, epoch, checkpoint place',
  reads: 'reading rules and reading order of headers',
  witnesses: 'work: parent header, coinbase, branches, slot, target',
  bodies: 'transactions roots of bodies',
  batches: 'outbox proofs of every batch read in a body',
  leaves: 'outbox proofs of leaves kept for reading',
  transactions: 'transactions: form, network, expiry, gas, partition, signature',
  receipts: 'receipts roots, numbering, gas',
  outbox: 'own outbox roots from the stored batches',
  state: 'state roots from accumulators and system, folded from the diffs',
  system: 'system: map, cursors, totals, delta version, replica, all from headers and batches',
  checkpoints: 'checkpoint roots from all cells, replayed',
  money: 'what accounts and queues hold equals the totals; sent and received equal the batches',
  nonces: 'nonces of senders are consecutive',
  relays: 'every relay a receipt announces is queued, run or sent exactly once',
  deltas: 'what is global in group 0 is what its deltas say and what replicas hold',
  parents: 'recorded Bitcoin headers: work, links, time, cells',
  undos: 'undo records equal what the diffs replaced',
  index: 'the index of receipts by transaction',
  tip: 'the stored tip, condemned blocks, snapshots',
} as const satisfies Record<string, string>;
export type CheckName = keyof typeof CHECKS;

export interface Place {
  readonly table?: string;
  readonly group?: number;
  readonly height?: number;
  /** Hex. */
  readonly id?: string;
}

export interface Problem extends Place {
  readonly check: CheckName;
  /** A sentence that names block, table and what is off. */
  readonly message: string;
}

export interface CheckCount {
  readonly name: CheckName;
  readonly what: string;
  readonly right: number;
  readonly wrong: number;
  /** Nothing stored decides them. */
  readonly undecided: number;
}

export interface Report {
  readonly clean: boolean;
  readonly network: string;
  readonly group: number;
  readonly tip: { readonly height: number; readonly id: string } | undefined;
  readonly blocks: number;
  readonly headers: number;
  readonly transactions: number;
  readonly checks: readonly CheckCount[];
  readonly problems: readonly Problem[];
  /** Found beyond the bound on `problems`. */
  readonly problemsLeftOut: number;
  /** What could not be decided, and why. */
  readonly notes: readonly string[];
}

const PROBLEMS_MAX = 1_000;
const NOTES_MAX = 100;

export class Findings {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  leftOut = 0;
  readonly #counts = new Map<CheckName, { right: number; wrong: number; undecided: number }>();

  right(check: CheckName, times = 1): void {
    this.#count(check).right += times;
  }

  wrong(check: CheckName, place: Place, what: string): void {
    this.#count(check).wrong++;
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ check, ...place, message: sentence(place, what) });
    else this.leftOut++;
  }

  undecided(check: CheckName, place: Place, why: string): void {
    this.#count(check).undecided++;
    if (this.notes.length < NOTES_MAX) this.notes.push(sentence(place, why));
  }

  /** Counts one check and answers whether it held. */
  test(check: CheckName, holds: boolean, place: Place, what: string | (() => string)): boolean {
    if (holds) this.right(check);
    else this.wrong(check, place, typeof what === 'string' ? what : what());
    return holds;
  }

  /** As `test`, where failing proves nothing because what it was held against is damaged. */
  compare(check: CheckName, holds: boolean, isShaky: boolean, place: Place, what: string | (() => string)): boolean {
    if (holds || !isShaky) return this.test(check, holds, place, what);
    this.undecided(check, place, 'the header it is held against is damaged');
    return false;
  }

  counts(): CheckCount[] {
    return (Object.keys(CHECKS) as CheckName[]).map((name) => ({ name, what: CHECKS[name], ...this.#count(name) }));
  }

  #count(check: CheckName): { right: number; wrong: number; undecided: number } {
    let count = this.#counts.get(check);
    if (count === undefined) {
      count = { right: 0, wrong: 0, undecided: 0 };
      this.#counts.set(check, count);
    }
    return count;
  }
}

const ID_SHOWN = 16;

/** `block 17 of group 1 (3f0a…): receipts root differs` */
function sentence(place: Place, what: string): string {
  const { table, group, height, id } = place;
  const where = [
    ...(height === undefined ? [] : [`block ${height}`]),
    ...(group === undefined ? [] : [`of group ${group}`]),
    ...(id === undefined ? [] : [`(${id.slice(0, ID_SHOWN)})`]),
    ...(table === undefined ? [] : [height === undefined && id === undefined ? `table ${table}` : `in table ${table}`]),
  ].join(' ');
  return where === '' ? what : `${where}: ${what}`;
}
