// Which groups want work now: their newest templates, and what is already solved. Pure; it sends nothing and keeps no timer.
import { toHex } from '../core/bytes.ts';
import { HEADER } from '../core/layouts.ts';
import type { Template } from './ports.ts';

/** A solved group that has not moved on by then is mined again: its node may have died with our proof. */
const SOLVED_REST_MS = 2_000;
/** The same after a refusal. */
const REFUSED_REST_MS = 250;

/** Groups whose beats are this close share one header instead of needing one each. */
const GATHER_MS = 10;

interface Slot {
  readonly template: Template;
  readonly parentId: string;
}

interface Solved {
  readonly parentId: string;
  readonly untilMs: number;
}

export class Desk {
  readonly #leadMs: number;
  readonly #slots = new Map<number, Slot>();
  /** By group: the parent block on which we have solved a child, whichever template it was. */
  readonly #solved = new Map<number, Solved>();

  /** `leadMs`: how long before its `notBeforeMs` a template is worth searching. */
  constructor(leadMs: number) {
    this.#leadMs = leadMs;
  }

  put(template: Template): void {
    this.#slots.set(template.group, { template, parentId: parentOf(template) });
  }

  clear(group: number): void {
    this.#slots.delete(group);
  }

  /** Templates to search now, by group: none, or those that want it and those that are about to. */
  due(nowMs: number): Template[] {
    const slots = this.#sorted();
    if (!slots.some((slot) => this.#wantedAtMs(slot) <= nowMs)) return [];
    return slots.filter((slot) => this.#wantedAtMs(slot) <= nowMs + GATHER_MS).map((slot) => slot.template);
  }

  /** Whether the group rests on what it was given: a second proof would be for a sibling of the first, or for itself. */
  isSolved(template: Template, nowMs: number): boolean {
    const solved = this.#solved.get(template.group);
    return solved?.parentId === parentOf(template) && nowMs < solved.untilMs;
  }

  /** When the next group will want work; Infinity when nothing is known to come. */
  nextDueMs(nowMs: number): number {
    const later = this.#sorted().map((slot) => this.#wantedAtMs(slot));
    return Math.min(Number.POSITIVE_INFINITY, ...later.filter((atMs) => atMs > nowMs));
  }

  /** A newer template on the same parent is a sibling of what was just solved, so the parent is what rests. */
  solved(template: Template, nowMs: number): void {
    const untilMs = Math.max(nowMs, template.notBeforeMs) + SOLVED_REST_MS;
    this.#solved.set(template.group, { parentId: parentOf(template), untilMs });
  }

  refused(template: Template, nowMs: number): void {
    const solved = this.#solved.get(template.group);
    if (solved?.parentId !== parentOf(template)) return;
    this.#solved.set(template.group, { ...solved, untilMs: nowMs + REFUSED_REST_MS });
  }

  #wantedAtMs({ template, parentId }: Slot): number {
    const startMs = template.notBeforeMs - this.#leadMs;
    const solved = this.#solved.get(template.group);
    return solved?.parentId === parentId ? Math.max(startMs, solved.untilMs) : startMs;
  }

  #sorted(): Slot[] {
    return [...this.#slots.values()].sort((a, b) => a.template.group - b.template.group);
  }
}

function parentOf(template: Template): string {
  return toHex(HEADER.decode(template.header).parent);
}
