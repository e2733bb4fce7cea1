// Bodies of our group that are not executed yet, and the newest executed blocks, so that following and serving seldom
// ask the disk. It holds; it judges nothing.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import type { Body } from '../core/layouts.ts';
import type { BlockArchive, BlockOutcome, SourceBlock } from './ports.ts';

/** Bodies checked and not executed: the oldest give way, they can be asked for again. */
const READY_BODIES_MAX = 1_024;
const READY_BODY_BYTES_MAX = 256 * 1024 * 1024;
/** Executed blocks kept in memory: at least what one call of follow can execute before the caller has stored it. */
export const RECENT_BLOCKS = 16;

/** Blocks of our own making that are not executed as a whole yet. */
const OWN_BODIES_MAX = 16;

/** A body that is its header's, with the source blocks it brings in reading order. */
export interface ReadyBody {
  readonly body: Body;
  readonly bytes: Uint8Array;
  readonly sources: readonly SourceBlock[];
}

export interface ExecutedBlock {
  readonly body: Uint8Array;
  readonly undo: Uint8Array;
  readonly outbox: BlockOutcome['outbox'];
}

export class BlockStore {
  readonly #archive: BlockArchive;
  readonly #ready = new Map<string, ReadyBody>();
  readonly #recent = new Map<string, ExecutedBlock>();
  readonly #own = new Map<string, Uint8Array>();
  #readyBytes = 0;

  constructor(archive: BlockArchive) {
    this.#archive = archive;
  }

  ready(entry: HeaderEntry): ReadyBody | undefined {
    return this.#ready.get(entry.key);
  }

  addReady(entry: HeaderEntry, ready: ReadyBody): void {
    this.dropReady(entry.key);
    this.#ready.set(entry.key, ready);
    this.#readyBytes += ready.bytes.length;
    while (this.#ready.size > READY_BODIES_MAX || this.#readyBytes > READY_BODY_BYTES_MAX) {
      const oldest = this.#ready.keys().next();
      if (oldest.done === true) break;
      this.dropReady(oldest.value);
    }
  }

  dropReady(key: string): void {
    const ready = this.#ready.get(key);
    if (ready === undefined) return;
    this.#ready.delete(key);
    this.#readyBytes -= ready.bytes.length;
  }

  /** A block we built: right by making, so nothing is checked until it has to be executed a second time. */
  addOwn(entry: HeaderEntry, bodyBytes: Uint8Array): void {
    put(this.#own, entry.key, bodyBytes, OWN_BODIES_MAX);
  }

  executed(entry: HeaderEntry, bodyBytes: Uint8Array, outcome: BlockOutcome): void {
    this.dropReady(entry.key);
    const block = { body: bodyBytes, undo: outcome.undo, outbox: outcome.outbox };
    put(this.#recent, entry.key, block, RECENT_BLOCKS);
  }

  body(entry: HeaderEntry): Uint8Array | undefined {
    return (
      this.#recent.get(entry.key)?.body ??
      this.#ready.get(entry.key)?.bytes ??
      this.#own.get(entry.key) ??
      this.#archive.body(entry.id)
    );
  }

  undo(entry: HeaderEntry): Uint8Array | undefined {
    return this.#recent.get(entry.key)?.undo ?? this.#archive.undo(entry.id);
  }

  outbox(entry: HeaderEntry): BlockOutcome['outbox'] | undefined {
    return this.#recent.get(entry.key)?.outbox ?? this.#archive.outbox(entry.id);
  }
}

function put<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const oldest = map.keys().next();
  if (oldest.done === false) map.delete(oldest.value);
}
