// Follows one transaction until its whole relay tree has ended: redraws the tree in place on a terminal, writes a line for each
// step elsewhere, one JSON object for each change where a program reads. What it shows is drawn by tx-tree.ts.
import { stripVTControlCharacters } from 'node:util';
import { CliError, EXIT } from './exit.ts';
import { type Io, print } from './io.ts';
import type { Invocation, Network, TransactionReport } from './network.ts';
import { FINAL_STATES } from './network.ts';
import type { Format } from './print.ts';
import { type Paint, paintOf } from './style.ts';
import { toPrintable } from './transact.ts';
import { drawTransaction, hopText, type NameOf } from './tx-tree.ts';
import { untilState } from './wait.ts';

const ROWS = 24;
/** Rows of a terminal that are not the tree's: head, foot, prompt. */
const OTHER_ROWS = 5;
const TERMINAL_ROWS_MIN = 8;
const PLAIN_ROWS_MAX = 1_000;
const NATIVE = 0n;

export async function followTransaction(
  io: Io,
  network: Network,
  id: string,
  format: Format,
): Promise<TransactionReport> {
  const names = new ContractNames(network);
  const view = viewOf(io, format, names.nameOf);
  let last = '';
  let work: Promise<void> = Promise.resolve();
  const report = await untilState(network, id, FINAL_STATES, {
    signal: io.signal,
    timeoutMs: io.timeoutMs,
    onSeen: (seen) => {
      const key = JSON.stringify([seen?.state, seen?.done, seen?.total, seen?.waiting, seen?.failure]);
      if (seen === undefined || key === last) return;
      last = key;
      // In order, each after the names it needs are known.
      work = work.then(() => names.learn(seen)).then(() => view.show(seen));
    },
  }).catch(async (error: unknown) => {
    await work;
    throw error instanceof CliError && error.code === EXIT.timeout
      ? new CliError(EXIT.timeout, error.message, `go on: rxctl tx ${id} --follow`, { cause: error })
      : error;
  });
  await work;
  view.end(report);
  return report;
}

interface View {
  show(report: TransactionReport): void;
  end(report: TransactionReport): void;
}

function viewOf(io: Io, format: Format, nameOf: NameOf): View {
  if (format === 'json' || format === 'yaml')
    return { show: (report) => print(io, format, toPrintable(report), () => ''), end: () => undefined };
  if (format === 'name') return { show: () => undefined, end: ({ id }) => io.stdout.write(`transaction/${id}\n`) };
  return io.stdout.isTTY === true ? new LiveTree(io, nameOf) : new PlainSteps(io, nameOf);
}

/** The tree, drawn over itself. */
class LiveTree implements View {
  readonly #io: Io;
  readonly #nameOf: NameOf;
  readonly #paint: Paint;
  #rows = 0;

  constructor(io: Io, nameOf: NameOf) {
    this.#io = io;
    this.#nameOf = nameOf;
    this.#paint = paintOf(io);
  }

  show(report: TransactionReport): void {
    const { stdout } = this.#io;
    const rowsMax = Math.max(TERMINAL_ROWS_MIN, (stdout.rows ?? ROWS) - OTHER_ROWS);
    const text = drawTransaction(report, { nameOf: this.#nameOf, paint: this.#paint, rowsMax });
    stdout.write(`${this.#rows === 0 ? '' : `\x1b[${this.#rows}A\r\x1b[J`}${text}\n`);
    this.#rows = rowsOf(text, stdout.columns ?? 0);
  }

  end(): void {}
}

/** What is new, line by line, and the whole tree at the end. */
class PlainSteps implements View {
  readonly #io: Io;
  readonly #nameOf: NameOf;
  readonly #shown = new Set<string>();
  #waiting: string | undefined;

  constructor(io: Io, nameOf: NameOf) {
    this.#io = io;
    this.#nameOf = nameOf;
  }

  show({ invocations, waiting }: TransactionReport): void {
    const byId = new Map(invocations.map((each) => [each.id, each]));
    const paint = paintOf(this.#io);
    for (const each of invocations) {
      if (this.#shown.has(each.id)) continue;
      this.#shown.add(each.id);
      this.#io.stdout.write(`${hopText(each, byId.get(each.parent ?? ''), { nameOf: this.#nameOf, paint })}\n`);
    }
    if (waiting !== undefined && waiting !== this.#waiting) this.#io.stdout.write(`Waiting: ${waiting}\n`);
    this.#waiting = waiting;
  }

  end(report: TransactionReport): void {
    const text = drawTransaction(report, { nameOf: this.#nameOf, paint: paintOf(this.#io), rowsMax: PLAIN_ROWS_MAX });
    this.#io.stdout.write(`${text}\n`);
  }
}

/** Rows that a text takes on a terminal so wide, colours not counted. */
function rowsOf(text: string, columns: number): number {
  return text
    .split('\n')
    .map((row) => (columns === 0 ? 1 : Math.max(1, Math.ceil(stripVTControlCharacters(row).length / columns))))
    .reduce((sum, rows) => sum + rows, 0);
}

/** Names of contracts and functions, each contract asked for once. */
class ContractNames {
  readonly #network: Network;
  readonly #known = new Map<bigint, { readonly name: string; readonly functions: ReadonlyMap<number, string> }>();

  constructor(network: Network) {
    this.#network = network;
  }

  async learn({ invocations }: TransactionReport): Promise<void> {
    const unknown = new Set(
      invocations.map(({ contract }) => contract).filter((id) => id !== NATIVE && !this.#known.has(id)),
    );
    for (const id of unknown) {
      const found = await this.#network.contract(`${id}`).catch(() => undefined);
      const functions = new Map(found?.abi.functions.map(({ op, name }) => [op, name]));
      this.#known.set(id, { name: found?.name ?? `contract ${id}`, functions });
    }
  }

  readonly nameOf = ({ contract, op, parent }: Invocation): string => {
    if (contract === NATIVE) return parent === undefined ? 'transfer' : 'credit';
    const known = this.#known.get(contract);
    const name = known?.functions.get(op);
    return `${known?.name ?? `contract ${contract}`}${name === undefined ? ` op ${op}` : `.${name}`}`;
  };
}
