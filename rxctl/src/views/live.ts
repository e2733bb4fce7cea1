// The live view: looks at a source again and again, keeps the model, draws when something changed and the pacer allows. All
// state is here; panes and keys are pure.
import { setTimeout as delay } from 'node:timers/promises';
import type { Snapshot, Source } from '../sources/source.ts';
import { frameOf } from './frame.ts';
import { type Key, press } from './keys.ts';
import { extend, FIRST_UI, type Model, NO_COURSES, placeOf, type Ui } from './model.ts';
import { Pacer } from './pacer.ts';
import { paint } from './paint.ts';
import { openScreen, type Screen, type Terminal } from './screen.ts';

export type LiveOptions = {
  readonly source: Source;
  readonly terminal: Terminal;
  readonly intervalMs: number;
  readonly hasColor: boolean;
  readonly isReplay: boolean;
  readonly onLook: (snapshot: Snapshot) => void;
  /** Ends the view. */
  readonly signal: AbortSignal;
};

const LOG_LINES = 1_000;

/** Returns when the person has left; the terminal is then as it was. */
export async function showLive(options: LiveOptions): Promise<void> {
  // Before anything is drawn: a network that is not there is an error on an ordinary screen.
  const first = await options.source.look();
  options.onLook(first);
  const view = new LiveView(options, first);
  await view.untilLeft();
}

class LiveView {
  readonly #options: LiveOptions;
  readonly #pacer = new Pacer();
  readonly #left = new AbortController();
  #screen: Screen | undefined;
  #model: Model;
  /** The newest look, also while the frame is paused. */
  #newest: Snapshot;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LiveOptions, first: Snapshot) {
    this.#options = options;
    this.#newest = first;
    this.#model = {
      snapshot: first,
      courses: extend(NO_COURSES, first),
      ui: FIRST_UI,
      logLines: [],
      isReplay: options.isReplay,
    };
  }

  async untilLeft(): Promise<void> {
    const { terminal, signal } = this.#options;
    const draw = (): void => this.#want();
    const over = AbortSignal.any([signal, this.#left.signal]);
    const screen = openScreen(terminal, (key) => this.#press(key));
    this.#screen = screen;
    terminal.stdout.on('resize', draw);
    this.#want();
    try {
      // Who leaves does not wait for a node that answers nobody.
      void this.#keepLooking(over);
      await Promise.race([screen.ended, aborted(over)]);
    } finally {
      this.#left.abort();
      clearTimeout(this.#timer);
      terminal.stdout.off('resize', draw);
      await screen.close();
    }
  }

  /** Nothing a look meets ends the view: the frame says that nobody answers. */
  async #keepLooking(signal: AbortSignal): Promise<void> {
    const { source, intervalMs, onLook } = this.#options;
    for (let dueMs = performance.now() + intervalMs; !signal.aborted; dueMs += intervalMs) {
      dueMs = Math.max(dueMs, performance.now());
      await delay(dueMs - performance.now(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const snapshot = await source.look();
        if (signal.aborted) return;
        onLook(snapshot);
        this.#see(snapshot);
        await this.#readLog();
      } catch (error) {
        this.#change({ ...this.#model, trouble: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #see(snapshot: Snapshot): void {
    this.#newest = snapshot;
    const { trouble: _, ...model } = this.#model;
    const courses = extend(model.courses, snapshot);
    this.#change(model.ui.isPaused ? { ...model, courses: model.courses } : { ...model, snapshot, courses });
  }

  #press(key: Key): void {
    const ui = press(this.#model, key);
    if (ui === 'quit') this.#left.abort();
    else if (ui !== this.#model.ui) this.#turn(ui);
  }

  #turn(ui: Ui): void {
    const before = placeOf(this.#model.ui);
    const after = placeOf(ui);
    const isResumed = this.#model.ui.isPaused && !ui.isPaused;
    this.#change({ ...this.#model, ui, ...(isResumed ? { snapshot: this.#newest } : {}) });
    if (after.kind !== 'log' || (before.kind === 'log' && before.object === after.object)) return;
    this.#change({ ...this.#model, logLines: [] });
    this.#readLog().catch((error: unknown) => this.#change({ ...this.#model, trouble: String(error) }));
  }

  async #readLog(): Promise<void> {
    const place = placeOf(this.#model.ui);
    if (place.kind !== 'log' || this.#model.ui.isPaused) return;
    const logLines = await this.#options.source.log(place.object, LOG_LINES);
    const now = placeOf(this.#model.ui);
    if (now.kind === 'log' && now.object === place.object) this.#change({ ...this.#model, logLines });
  }

  #change(model: Model): void {
    this.#model = model;
    this.#want();
  }

  #want(): void {
    if (this.#timer !== undefined || this.#left.signal.aborted) return;
    // Also when it may be drawn at once: keys of one burst of input make one frame.
    this.#timer = setTimeout(() => this.#draw(), this.#pacer.delayMs(performance.now()));
  }

  #draw(): void {
    this.#timer = undefined;
    if (this.#left.signal.aborted) return;
    this.#pacer.drawn(performance.now());
    const { columns, rows } = this.#options.terminal.stdout;
    const lines = frameOf(this.#model, { columns, rows }).flatMap((band) => band.lines);
    this.#screen?.show(lines.map((line) => paint(line, this.#options.hasColor)));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
