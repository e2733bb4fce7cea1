// Fetches the parts of a state, each from one of our group's peers at a time: a part goes on with another peer where one
// stopped, and a peer that gives what the chain refuses is asked no more. It judges nothing but shapes.
import { concatBytes, toHex } from '../core/bytes.ts';
import type { Intake } from '../engine/api.ts';
import { CHUNK_BYTES } from '../engine/checkpoint-shelf.ts';
import { inTurn } from './rotation.ts';

const PARTS_AT_ONCE = 4;
/** A peer that gives nothing for so long is given up for this part, and so is one who falls so far behind a chunk a second. */
const STALL_MS = 5_000;
const CHUNK_MS = 1_000;
const RETRY_MS = 500;
/** Who gave garbage is not asked for states again before this. */
const BARRED_MS = 600_000;
/** A part is a share of a state that fits the machine together with everything else; liars can make so much of it useless. */
const PART_MEMORY_SHARE = 1 / 32;
const PART_BYTES_MIN = 16 * 1024 * 1024;

export interface PartWant {
  readonly block: Uint8Array;
  readonly part: number;
}

export interface StateChunkMessage {
  readonly index: number;
  readonly chunk: Uint8Array;
  readonly last: boolean;
}

/** A peer, as somebody to ask for states. */
export interface StateSource {
  readonly name: string;
  stateChunks(
    request: { readonly blockId: Uint8Array; readonly partition: number; readonly fromChunk: number },
    signal: AbortSignal,
  ): AsyncIterable<StateChunkMessage>;
}

export interface StateFetchModules {
  sources(): readonly StateSource[];
  take(want: PartWant, bytes: Uint8Array): Promise<Intake>;
  /** Somebody gave garbage. */
  blame(name: string, fault: string): void;
  failed(name: string, error: unknown): void;
  nowMs(): number;
  /** What this process may use. */
  readonly memoryBytes: number;
  /** Where this node begins to ask: not where the others do. */
  start(): number;
}

interface Question {
  readonly want: PartWant;
  tries: number;
  notBeforeMs: number;
  isOpen: boolean;
  chunks: Uint8Array[];
  /** Who gave them. */
  givers: Set<string>;
  /** Chunks of several were refused together: from now on they all come from one, so that it is known who lies. */
  fromOne: boolean;
}

export class StateFetch {
  readonly #m: StateFetchModules;
  readonly #partChunksMax: number;
  readonly #questions = new Map<string, Question>();
  /** Until when, by name. */
  readonly #barred = new Map<string, number>();

  constructor(modules: StateFetchModules) {
    this.#m = modules;
    this.#partChunksMax = Math.max(PART_BYTES_MIN, modules.memoryBytes * PART_MEMORY_SHARE) / CHUNK_BYTES;
  }

  /** Asks for as many of them as may be asked for at once; resolves when those have been answered, or not. */
  async want(wants: readonly PartWant[]): Promise<void> {
    const nowMs = this.#m.nowMs();
    const keys = new Set(wants.map(keyOf));
    for (const [key, { isOpen }] of this.#questions) if (!isOpen && !keys.has(key)) this.#questions.delete(key);
    let open = [...this.#questions.values()].filter(({ isOpen }) => isOpen).length;
    const asked: Promise<void>[] = [];
    for (const want of wants) {
      if (open >= PARTS_AT_ONCE) break;
      const question = this.#questionOf(want);
      const source = question.isOpen || question.notBeforeMs > nowMs ? undefined : this.#sourceFor(question, nowMs);
      if (source === undefined) continue;
      open++;
      asked.push(this.#ask(question, source));
    }
    await Promise.all(asked);
  }

  #questionOf(want: PartWant): Question {
    const key = keyOf(want);
    let question = this.#questions.get(key);
    if (question === undefined) {
      question = { want, tries: 0, notBeforeMs: 0, isOpen: false, chunks: [], givers: new Set(), fromOne: false };
      this.#questions.set(key, question);
    }
    return question;
  }

  #sourceFor({ want, tries }: Question, nowMs: number): StateSource | undefined {
    const sources = this.#m.sources().filter(({ name }) => (this.#barred.get(name) ?? 0) <= nowMs);
    return inTurn(sources, want.part + tries + this.#m.start());
  }

  async #ask(question: Question, source: StateSource): Promise<void> {
    question.isOpen = true;
    try {
      const fault = await this.#read(question, source);
      if (fault === undefined) return;
      if (question.givers.size === 1) this.#blame(source, fault);
      question.fromOne = true;
      forget(question);
    } catch (error) {
      this.#m.failed(source.name, error);
      this.#bound(question);
    } finally {
      question.isOpen = false;
      question.tries++;
      question.notBeforeMs = this.#m.nowMs() + RETRY_MS;
    }
  }

  /** Answers what is wrong with what came. Throws when not everything came. */
  async #read(question: Question, source: StateSource): Promise<string | undefined> {
    const { want } = question;
    if (question.fromOne) forget(question);
    const stall = new Stall(this.#m.nowMs);
    try {
      const request = { blockId: want.block, partition: want.part, fromChunk: question.chunks.length };
      for await (const { index, chunk, last } of source.stateChunks(request, stall.signal)) {
        question.givers.add(source.name);
        const isWhole = chunk.length === CHUNK_BYTES || (last && chunk.length > 0 && chunk.length < CHUNK_BYTES);
        if (index !== question.chunks.length || !isWhole) return 'BAD_CHUNK';
        if (index >= this.#partChunksMax) return 'PART_TOO_LARGE';
        question.chunks.push(chunk);
        if (!last) {
          stall.chunkCame();
          // A peer need not end because it was told to.
          if (stall.signal.aborted) break;
          continue;
        }
        const { fault } = await this.#m.take(want, concatBytes(question.chunks));
        if (fault === undefined) forget(question);
        return fault;
      }
    } finally {
      stall.over();
    }
    throw new Error('the part ended too early');
  }

  /** What broke off goes on with another peer, unless those who break off have made us keep too much of it. */
  #bound(question: Question): void {
    const kept = [...this.#questions.values()].reduce((sum, { chunks }) => sum + chunks.length, 0);
    if (kept > PARTS_AT_ONCE * this.#partChunksMax) forget(question);
  }

  #blame({ name }: StateSource, fault: string): void {
    this.#barred.set(name, this.#m.nowMs() + BARRED_MS);
    this.#m.blame(name, fault);
  }
}

function forget(question: Question): void {
  question.chunks = [];
  question.givers = new Set();
}

function keyOf({ block, part }: PartWant): string {
  return `${toHex(block)} ${part}`;
}

/** Aborts when chunks stay away, or come too slowly for long. */
class Stall {
  readonly #nowMs: () => number;
  readonly #abort = new AbortController();
  #leftMs = STALL_MS;
  #lastMs: number;
  #timer = this.#start();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  chunkCame(): void {
    clearTimeout(this.#timer);
    const nowMs = this.#nowMs();
    this.#leftMs = Math.min(STALL_MS, this.#leftMs - (nowMs - this.#lastMs) + CHUNK_MS);
    this.#lastMs = nowMs;
    if (this.#leftMs <= 0) this.#abort.abort();
    else this.#timer = this.#start();
  }

  over(): void {
    clearTimeout(this.#timer);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#abort.abort(), this.#leftMs).unref();
  }
}
