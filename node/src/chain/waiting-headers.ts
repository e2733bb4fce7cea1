// Headers that cannot be judged yet, each under the first thing it lacks. Bounded per peer: what is crowded out will be
// asked for again; it forgets rather than grows.

import type { HeaderWait, ParsedHeader } from '../consensus/header.ts';
import type { HeaderEntry, LinkedHeader } from '../consensus/header-entry.ts';
import { toHex } from '../core/bytes.ts';
import type { Header } from '../core/layouts.ts';

export const WAITING_MAX_PER_PEER = 512;
/** Over all peers: whoever dials again is another peer. */
export const WAITING_MAX = 8_192;

/** A header whose parent is known, but not everything it reads. */
export class PendingHeader implements LinkedHeader {
  readonly key: string;
  readonly header: Header;
  descendants = 0;
  /** What became of it, when it was accepted. */
  entry: HeaderEntry | undefined;
  readonly #parent: LinkedHeader;

  constructor(key: string, header: Header, parent: LinkedHeader) {
    this.key = key;
    this.header = header;
    this.#parent = parent;
  }

  get parent(): LinkedHeader {
    const parent = this.#parent;
    return parent instanceof PendingHeader && parent.entry !== undefined ? parent.entry : parent;
  }
}

export interface WaitingHeader {
  readonly parsed: ParsedHeader;
  readonly key: string;
  readonly witness: Uint8Array;
  readonly from: string;
  /** Undefined while even its parent is unknown. */
  readonly pending: PendingHeader | undefined;
  readonly waits: readonly HeaderWait[];
}

export class WaitingHeaders {
  readonly #maxPerPeer: number;
  readonly #max: number;
  /** By own id, in order of arrival. */
  readonly #byPeer = new Map<string, Map<string, WaitingHeader>>();
  readonly #byId = new Map<string, WaitingHeader>();
  /** By what each waits for first: a block id, or `+` and the id of a block that lacks descendants. */
  readonly #byNeed = new Map<string, Set<WaitingHeader>>();
  readonly #future = new Set<WaitingHeader>();

  constructor(maxPerPeer: number, max: number) {
    this.#maxPerPeer = maxPerPeer;
    this.#max = max;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** By what each lacks first. */
  countByReason(): ReadonlyMap<HeaderWait['reason'], number> {
    const counts = new Map<HeaderWait['reason'], number>();
    for (const { waits } of this.#byId.values()) {
      const { reason } = waits[0]!;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  get(key: string): WaitingHeader | undefined {
    return this.#byId.get(key);
  }

  add(item: WaitingHeader): void {
    const first = item.waits[0];
    if (first === undefined) throw new Error('a header that lacks nothing does not wait');
    this.remove(item.key);
    const mine = this.#byPeer.get(item.from) ?? new Map<string, WaitingHeader>();
    if (mine.size >= this.#maxPerPeer) this.#removeOldest(mine);
    if (this.#byId.size >= this.#max) this.#removeOldest(this.#byId);
    mine.set(item.key, item);
    this.#byPeer.set(item.from, mine);
    this.#byId.set(item.key, item);
    const need = needOf(first);
    if (need === undefined) {
      this.#future.add(item);
      return;
    }
    const others = this.#byNeed.get(need);
    if (others === undefined) this.#byNeed.set(need, new Set([item]));
    else others.add(item);
  }

  remove(key: string): void {
    const item = this.#byId.get(key);
    if (item === undefined) return;
    this.#byId.delete(key);
    const mine = this.#byPeer.get(item.from);
    mine?.delete(key);
    if (mine?.size === 0) this.#byPeer.delete(item.from);
    const need = needOf(item.waits[0]!);
    if (need === undefined) {
      this.#future.delete(item);
      return;
    }
    const others = this.#byNeed.get(need);
    others?.delete(item);
    if (others?.size === 0) this.#byNeed.delete(need);
  }

  /** Takes out what waited for this block to be accepted, or at least linked. */
  takeWaitingFor(key: string): WaitingHeader[] {
    return this.#take(key);
  }

  /** Takes out what waited for this block to get more descendants. */
  takeWaitingOnDescendants(key: string): WaitingHeader[] {
    return this.#take(`+${key}`);
  }

  takeDue(nowMs: number): WaitingHeader[] {
    const due = [...this.#future].filter((item) => {
      const wait = item.waits[0]!;
      return wait.reason === 'future' && wait.untilMs <= nowMs;
    });
    for (const item of due) this.remove(item.key);
    return due;
  }

  /** What is lacking, each once, with who said it exists. */
  lacking(): { readonly wait: HeaderWait; readonly from: string }[] {
    const found = new Map<string, { wait: HeaderWait; from: string }>();
    for (const item of this.#byId.values()) {
      for (const wait of item.waits) {
        const need = needOf(wait);
        if (need !== undefined && !found.has(need) && !(wait.reason !== 'unconfirmed' && this.#byId.has(need))) {
          found.set(need, { wait, from: item.from });
        }
      }
    }
    return [...found.values()];
  }

  #removeOldest(items: ReadonlyMap<string, WaitingHeader>): void {
    const oldest = items.keys().next();
    if (oldest.done === false) this.remove(oldest.value);
  }

  #take(need: string): WaitingHeader[] {
    const items = [...(this.#byNeed.get(need) ?? [])];
    for (const item of items) this.remove(item.key);
    return items;
  }
}

function needOf(wait: HeaderWait): string | undefined {
  switch (wait.reason) {
    case 'parent':
    case 'source':
      return toHex(wait.id);
    case 'unconfirmed':
      return `+${toHex(wait.id)}`;
    case 'future':
      return undefined;
    default:
      return wait satisfies never;
  }
}
