// Server-side apply of what should be, asked for only when it may differ from what is: an object is applied again when our
// wish changed, when somebody changed it, or when it is gone. An object that belongs to somebody else is never taken over,
// whatever it is called. It decides nothing about which objects there should be.
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import { applyOwned } from './ownership.ts';
import { type KubeObject, pathOf, type Resource } from './resources.ts';
import type { ApplyOptions, RestClient } from './rest.ts';

export interface ApplierOptions {
  readonly rest: Pick<RestClient, 'apply' | 'get'>;
  readonly clock: Clock;
  readonly fieldManager: string;
}

interface Mark {
  /** The very object that was hashed last: the same one needs no second time. */
  wish: KubeObject;
  readonly hash: string;
  /** Of the object as we last wrote it: one that has lost its owner since is ours still. */
  readonly uid: string | undefined;
  /** Of the object as the server answered. */
  readonly stamp: string;
  /** What our copy showed when it was applied, until it shows what the server answered. */
  shownBefore: string | undefined;
  readonly at: number;
}

/** A copy that shows no answer for so long is believed again: somebody else may have taken the object back to what it was. */
const COPY_LAG_MS = 5_000;
const ABSENT = 'absent';

/**
 * `lagging`: look again after `COPY_LAG_MS`. It is applied, but the copy does not show it yet; or what an earlier owner of the
 * same name has left is still going.
 */
export type Applied = 'applied' | 'unchanged' | 'lagging';

export class Applier {
  readonly #options: ApplierOptions;
  readonly #marks = new Map<string, Mark>();

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /** `live` is what the local copy shows. */
  async apply(
    resource: Resource,
    wish: KubeObject,
    live: KubeObject | undefined,
    options: Pick<ApplyOptions, 'signal'> = {},
  ): Promise<Applied> {
    const { rest, clock, fieldManager } = this.#options;
    const path = pathOf(resource, wish.metadata);
    const mark = this.#marks.get(path);
    const shown = live === undefined ? ABSENT : stampOf(live, wish);
    const hash = mark?.wish === wish ? mark.hash : hashOf(wish);
    if (mark !== undefined && mark.hash === hash) {
      mark.wish = wish;
      if (shown === mark.stamp) {
        mark.shownBefore = undefined;
        return 'unchanged';
      }
      if (shown === mark.shownBefore && clock.now() < mark.at + COPY_LAG_MS) return 'lagging';
    }
    const known = mark?.uid;
    const answer = await applyOwned(rest, resource, { wish, live, known }, { fieldManager, ...options });
    if (answer === undefined) return 'lagging';
    const { uid } = answer.metadata;
    const stamp = stampOf(answer, wish);
    const shownBefore = stamp === shown ? undefined : shown;
    this.#marks.set(path, { wish, hash, uid, stamp, shownBefore, at: clock.now() });
    return 'applied';
  }

  /** Of an object that is to be there no more, or is gone. */
  forget(resource: Resource, object: KubeObject): void {
    this.#marks.delete(pathOf(resource, object.metadata));
  }
}

/**
 * Changes when somebody changes what we wrote. A status that moves must not count, where the server tells the two apart; of
 * annotations only those of the wish do: Kubernetes' own controllers write theirs all the time.
 */
function stampOf({ metadata }: KubeObject, wish: KubeObject): string {
  const { uid, generation, resourceVersion, labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  const version = generation === undefined ? `v${resourceVersion}` : `g${generation}`;
  const owners = ownerReferences?.map((owner) => owner.uid);
  const ours = Object.keys(wish.metadata.annotations ?? {}).map((key) => annotations?.[key] ?? null);
  return JSON.stringify([uid, version, deletionTimestamp, sorted(labels), ours, owners]);
}

function sorted(labels: Readonly<Record<string, string>> = {}): unknown {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function hashOf(object: KubeObject): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('base64');
}
