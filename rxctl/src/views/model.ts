// Everything a frame is drawn from: the newest look, the course of the rates, and where the person is. Pure: a frame is a
// function of this and the size of the terminal.
import type { Snapshot } from '../sources/source.ts';

export type Place =
  | { readonly kind: 'overview' }
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'contract'; readonly name: string }
  | { readonly kind: 'log'; readonly object: string };

/** Where the person is, which row is chosen there, and what its list is filtered by. */
export type Spot = Place & { readonly chosen: number; readonly filter: string };

/** Lists of the overview among which tab moves. */
export const FOCUSES = ['groups', 'contracts', 'events'] as const;
export type Focus = (typeof FOCUSES)[number];

export type Ui = {
  /** Never empty; the last one is shown. */
  readonly places: readonly Spot[];
  readonly focus: Focus;
  readonly isTyping: boolean;
  readonly onlyFaults: boolean;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
};

export const FIRST_UI: Ui = {
  places: [{ kind: 'overview', chosen: 0, filter: '' }],
  focus: 'groups',
  isTyping: false,
  onlyFaults: false,
  isPaused: false,
  isHelp: false,
};

/** Transactions per second, oldest first, of the whole network and of each group. */
export type Courses = {
  readonly total: readonly number[];
  readonly groups: ReadonlyMap<number, readonly number[]>;
};

export type Model = {
  readonly snapshot: Snapshot;
  readonly courses: Courses;
  readonly ui: Ui;
  /** Of the log that is shown. */
  readonly logLines: readonly string[];
  /** Why the newest look failed. */
  readonly trouble?: string;
  /** Recordings do not come from a network that goes on. */
  readonly isReplay: boolean;
};

/** The widest terminal we draw for shows no more. */
const COURSE_MAX = 120;

export const NO_COURSES: Courses = { total: [], groups: new Map() };

export function extend(courses: Courses, snapshot: Snapshot): Courses {
  const groups = new Map<number, readonly number[]>();
  for (const { group, tps } of snapshot.groups) {
    const course = courses.groups.get(group) ?? [];
    // Who was heard and is silent now makes no blocks that anybody knows of.
    groups.set(group, tps === undefined && course.length === 0 ? course : [...course, tps ?? 0].slice(-COURSE_MAX));
  }
  const total = networkTps(snapshot);
  return { total: total === undefined ? courses.total : [...courses.total, total].slice(-COURSE_MAX), groups };
}

/** Of the blocks of all groups; undefined before there is anything to compare. */
export function networkTps({ groups }: Snapshot): number | undefined {
  const known = groups.flatMap(({ tps }) => (tps === undefined ? [] : [tps]));
  return known.length === 0 ? undefined : known.reduce((sum, tps) => sum + tps, 0);
}

export function placeOf({ places }: Ui): Spot {
  const last = places.at(-1);
  if (last === undefined) throw new Error('somebody has gone back from the overview');
  return last;
}
