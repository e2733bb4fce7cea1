// What `up` saw happen to its network, one JSON line each: who looks later reads it here. It forgets the oldest and judges nothing.
import { appendFileSync } from 'node:fs';
import type { EventSight } from '../sources/source.ts';
import { readIfThere } from './files.ts';
import type { Folders } from './folders.ts';
import { boundLog, tail } from './log-file.ts';

const BYTES_MAX = 256 * 1024;
const EVENTS_MAX = 500;

export function appendEvents(folders: Folders, events: readonly EventSight[]): void {
  if (events.length === 0) return;
  boundLog(folders.events, BYTES_MAX);
  appendFileSync(folders.events, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** The newest ones, oldest first; what was cut off by a crash is left out. */
export function readEvents(folders: Folders, count: number = EVENTS_MAX): readonly EventSight[] {
  const newest = parse(tail(folders.events, count, BYTES_MAX));
  if (newest.length >= count) return newest;
  const moved = readIfThere(`${folders.events}.1`)?.split('\n') ?? [];
  return [...parse(moved), ...newest].slice(-count);
}

function parse(lines: readonly string[]): readonly EventSight[] {
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as EventSight];
    } catch {
      return [];
    }
  });
}
