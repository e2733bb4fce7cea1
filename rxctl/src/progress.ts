// Shows how far a verb is while it takes longer than a second: one line that is redrawn on a terminal, a line for each change
// elsewhere. It writes to stderr, so that what a program reads stays clean.
import type { Io } from './io.ts';
import { type Paint, paintOf } from './style.ts';

export type Step = {
  readonly text: string;
  /** Draws a bar when both are known. */
  readonly done?: number;
  readonly total?: number;
};

/** What is over sooner needs no telling. */
const QUIET_MS = 1_000;
const REDRAW_MS = 250;
/** Elsewhere than on a terminal, at most so often. */
const PLAIN_LINE_MS = 1_000;
const BAR_CELLS = 20;
const COLUMNS = 80;

export class ProgressLine {
  readonly #io: Io;
  readonly #paint: Paint;
  readonly #startedAtMs = performance.now();
  #step: Step = { text: '' };
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #said = '';

  constructor(io: Io) {
    this.#io = io;
    this.#paint = paintOf(io, io.stderr);
  }

  show(step: Step): void {
    this.#step = step;
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#tell(), REDRAW_MS);
    this.#timer.unref();
  }

  /** For work that lets no timer run: on a terminal drawn at once, elsewhere not at all. */
  showNow(step: Step): void {
    this.#step = step;
    if (this.#io.stderr.isTTY === true) this.#draw('');
  }

  /** Leaves nothing of itself on a terminal. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#isDrawn) this.#io.stderr.write('\r\x1b[2K');
    this.#isDrawn = false;
  }

  #tell(): void {
    const nowMs = performance.now();
    if (nowMs - this.#startedAtMs < QUIET_MS) return;
    const { stderr } = this.#io;
    if (stderr.isTTY === true) {
      this.#draw(`${Math.round((nowMs - this.#startedAtMs) / 1000)} s`);
      return;
    }
    if (this.#step.text === this.#said || nowMs - this.#saidAtMs < PLAIN_LINE_MS) return;
    this.#said = this.#step.text;
    this.#saidAtMs = nowMs;
    stderr.write(`${plainStep(this.#step)}\n`);
  }

  #draw(elapsed: string): void {
    const { stderr } = this.#io;
    stderr.write(`\r\x1b[2K${drawn(this.#step, elapsed, stderr.columns || COLUMNS, this.#paint)}`);
    this.#isDrawn = true;
  }
}

/** Shows `text` as long as `work` takes. */
export async function withProgress<T>(io: Io, text: string, work: (line: ProgressLine) => Promise<T>): Promise<T> {
  const line = new ProgressLine(io);
  line.show({ text });
  try {
    return await work(line);
  } finally {
    line.end();
  }
}

function plainStep({ text, done, total }: Step): string {
  return done === undefined || total === undefined ? text : `${text} (${done} of ${total})`;
}

/** One line no wider than the terminal. */
export function drawn({ text, done, total }: Step, elapsed: string, columns: number, paint: Paint): string {
  const isKnown = done !== undefined && total !== undefined && total > 0;
  const filled = isKnown ? Math.min(BAR_CELLS, Math.round((BAR_CELLS * done) / total)) : 0;
  const bar = isKnown ? `${paint('green', '█'.repeat(filled))}${paint('dim', '░'.repeat(BAR_CELLS - filled))} ` : '';
  const tail = `${isKnown ? ` ${done}/${total}` : ''} ${elapsed}`;
  const room = Math.max(0, columns - 1 - tail.length - (isKnown ? BAR_CELLS + 1 : 0));
  return `${bar}${text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`}${paint('dim', tail)}`;
}
