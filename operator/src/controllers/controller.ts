// What a controller is: which objects it looks at, which keys they concern, what it may do, and how one key is brought to
// where it should be. Shapes only; runtime.ts runs them. A controller keeps nothing that it could not find out again.

import type { Applied } from '../kube/applier.ts';
import type { Collection, Store } from '../kube/caches.ts';
import type { Clock, Random } from '../kube/clock.ts';
import type { Happening } from '../kube/events.ts';
import type { KubeObject, Resource } from '../kube/resources.ts';
import type { Deleted, RestClient } from '../kube/rest.ts';
import type { Judged } from '../plan/conditions.ts';

export interface Watch<T extends KubeObject = KubeObject> {
  readonly collection: Collection<T>;
  /** The keys of this controller that a change of the object concerns. */
  readonly keys: (object: T, copies: Copies) => readonly string[];
  /** Changes that matter; all of them where nothing is said. */
  readonly when?: (before: T | undefined, now: T | undefined) => boolean;
  /** What changes all the time is looked at no more often than that. */
  readonly delayMs?: number;
}

/** What it may do, as RBAC says it. `''` is the core group; a subresource is written `testnets/status`. */
export interface Rule {
  readonly group: string;
  readonly resources: readonly string[];
  /** Only of these names; of all where nothing is said. */
  readonly names?: readonly string[];
  readonly verbs: readonly ('get' | 'list' | 'watch' | 'create' | 'patch' | 'update' | 'delete')[];
}

export interface StatusWish {
  /** All of the status but conditions and observedGeneration, which are added. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly conditions: readonly Judged[];
  /** Fields that change all the time: written once in five seconds, more seldom where there are many objects. */
  readonly figures: readonly string[];
  /** Counts that move while pods come and go: written once a second. Everything else is written at once. */
  readonly progress?: readonly string[];
}

/** What a controller acts with. All of it bears the field manager of the controller, and ends with the signal. */
export interface Clients {
  readonly rest: RestClient;
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Server-side apply, left out while nothing differs. `live` is what the cache shows. */
  apply(resource: Resource, wish: KubeObject, live: KubeObject | undefined): Promise<Applied>;
  /** Exactly this object, by its uid. */
  remove(resource: Resource, object: KubeObject): Promise<Deleted>;
  /** Only while it is as the copy shows it: for what is decided by what it says. */
  removeAsSeen(resource: Resource, object: KubeObject): Promise<Deleted>;
  /** Writes when something differs, tells the turns of conditions as events; the answer is when figures may be written next. */
  writeStatus(resource: Resource, object: KubeObject, wish: StatusWish): Promise<number | undefined>;
  record(happening: Happening): void;
}

/** Stores of what its watches name. */
export interface Copies {
  of<T extends KubeObject>(collection: Collection<T>): Store<T>;
}

export interface Controller {
  /** Lower case, in metrics, logs and as the end of its field manager. */
  readonly name: string;
  readonly watches: readonly Watch[];
  readonly rules: readonly Rule[];
  /** Keys at once. */
  readonly workers: number;
  /** An object that it watches is there no more: nothing of it need be remembered. */
  readonly forget?: (object: KubeObject) => void;
  /**
   * Looks at everything and takes the next steps; it may be called at any time, any number of times. The answer is after how many
   * milliseconds to look again even if nothing changes. What it throws is tried again later.
   */
  reconcile(key: string, copies: Copies, clients: Clients): Promise<number | undefined>;
}

/** Types of watches differ only in what their controllers expect. */
export function watch<T extends KubeObject>(given: Watch<T>): Watch {
  return given as unknown as Watch;
}

/** The earlier of two moments to look again. */
export function sooner(...delaysMs: readonly (number | undefined)[]): number | undefined {
  const known = delaysMs.filter((delayMs) => delayMs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
