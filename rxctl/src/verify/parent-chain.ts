// The Bitcoin headers group 0 has recorded: each must extend the recorded tree with work, and be a cell in order of arrival.
import { hex, same, viewOf } from './bytes.ts';
import { entriesOf, GLOBAL, LEDGER, ledgerCell, ledgerScope, sequenceKey } from './cells.ts';
import { sha256d } from './hash.ts';
import type { Genesis } from './layouts.ts';
import type { Step } from './step.ts';
import { meets, targetOf } from './target.ts';

/** Block 0 of every regtest, which also toy parent chains begin with. */
const ROOT = Buffer.from(
  `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000`,
  'hex',
);
const MEDIAN_SPAN = 11;

interface Recorded {
  readonly hash: string;
  readonly prev: string;
  readonly timeSeconds: number;
}

export class ParentChain {
  readonly #parentTarget: bigint | undefined;
  readonly #bits: number;
  /** In order of arrival, the root first. */
  readonly #recorded: Recorded[] = [];
  readonly #byHash = new Map<string, Recorded>();

  /** `recorded`: by blocks that were executed elsewhere. */
  constructor({ parentTarget }: Genesis, recorded: readonly Uint8Array[] = []) {
    this.#parentTarget = targetOf(parentTarget);
    this.#bits = viewOf(ROOT).getUint32(72, true);
    for (const header of [ROOT, ...recorded]) this.#add(header);
  }

  /** After a block: its headers, and the cells they became. */
  check(step: Step, recordedAfter: number): void {
    const { block, diff, findings } = step;
    if (block.body === undefined) return;
    const place = { ...block.entry.place, table: 'bodies' };
    const { bitcoinHeaders } = block.body;
    if (step.group !== 0 && bitcoinHeaders.length > 0)
      findings.wrong('parents', place, 'only group 0 records Bitcoin headers');
    const globals = diff.parts.find(({ partition }) => partition === GLOBAL);
    const written = (globals === undefined ? [] : entriesOf(globals.cells)).filter(
      ({ id }) => ledgerScope(id) === LEDGER.bitcoin,
    );
    const first = recordedAfter - bitcoinHeaders.length;
    for (const [i, header] of bitcoinHeaders.entries()) {
      const problem = this.#problemOf(header);
      findings.test('parents', problem === undefined, place, `Bitcoin header ${i} is unfit: ${problem}`);
      const id = ledgerCell(LEDGER.bitcoin, sequenceKey(first + i));
      const cell = written.find((entry) => same(entry.id, id))?.value;
      const isWritten = cell !== undefined && same(cell, header);
      findings.test(
        'parents',
        isWritten,
        { ...place, table: 'diffs' },
        `Bitcoin header ${i} did not become cell ${first + i}`,
      );
      this.#add(header);
    }
    if (written.length !== bitcoinHeaders.length) {
      findings.wrong(
        'parents',
        { ...place, table: 'diffs' },
        `${written.length} Bitcoin headers were written, its body lists ${bitcoinHeaders.length}`,
      );
    }
  }

  /** Takes back the newest until as many are left as there are cells. */
  truncate(recorded: number): void {
    while (this.#recorded.length > recorded + 1) {
      const last = this.#recorded.pop()!;
      this.#byHash.delete(last.hash);
    }
  }

  #add(header: Uint8Array): void {
    const recorded = {
      hash: hex(sha256d(header)),
      prev: hex(header.subarray(4, 36)),
      timeSeconds: viewOf(header).getUint32(68, true),
    };
    this.#recorded.push(recorded);
    this.#byHash.set(recorded.hash, recorded);
  }

  #problemOf(header: Uint8Array): string | undefined {
    const view = viewOf(header);
    const hash = sha256d(header);
    if (this.#byHash.has(hex(hash))) return 'it is recorded already';
    const prev = this.#byHash.get(hex(header.subarray(4, 36)));
    if (prev === undefined) return 'the header before it is not recorded';
    const target = targetOf(this.#bits);
    if (view.getUint32(72, true) !== this.#bits || target === undefined) return 'its nBits are not those of the root';
    const isWork = meets(hash, target) && this.#parentTarget !== undefined && meets(hash, this.#parentTarget);
    if (!isWork) return 'its hash misses the parent target';
    return view.getUint32(68, true) > this.#medianTime(prev) ? undefined : 'its time is not above the median';
  }

  #medianTime(newest: Recorded): number {
    const times: number[] = [];
    for (
      let entry: Recorded | undefined = newest;
      entry !== undefined && times.length < MEDIAN_SPAN;
      entry = this.#byHash.get(entry.prev)
    ) {
      times.push(entry.timeSeconds);
    }
    return times.sort((a, b) => a - b)[times.length >> 1]!;
  }
}
