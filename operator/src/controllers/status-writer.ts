// Writes statuses: at once when something turned or a new generation is there, once a second while counts move, once in five
// seconds (of many objects more seldom) when only figures changed, never when nothing did. Turns of conditions become events. It judges nothing.
import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../api/conditions.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import type { Happening } from '../kube/events.ts';
import { apiVersionOf, type KubeObject, type Resource } from '../kube/resources.ts';
import type { RestClient } from '../kube/rest.ts';
import { type Change, changeOf, type StatusLike, turnsOf, withHistory } from '../plan/conditions.ts';
import type { StatusWish } from './controller.ts';

export interface StatusWriterOptions {
  readonly rest: Pick<RestClient, 'applyStatus'>;
  readonly clock: Clock;
  readonly fieldManager: string;
  readonly record: (happening: Happening) => void;
}

interface Written {
  readonly status: StatusLike;
  /** Version of the copy it was written over: while the copy shows that one, it does not show what was written. */
  readonly over: string | undefined;
  readonly at: number;
}

const FIGURES_EVERY_MS = 5_000;
/** Two writes of figures a second in all: whoever wants them fresher of many objects reads metrics. */
const FIGURES_EVERY_MS_PER_OBJECT = 500;
const PROGRESS_EVERY_MS = 1_000;
const PROGRESS_EVERY_MS_PER_OBJECT = 25;
/** Of more objects than these even turns wait a moment: hundreds of groups that come up together turn several times each. */
const AT_ONCE_OBJECTS = 20;
const TURNS_EVERY_MS_PER_OBJECT = 10;

export class StatusWriter {
  readonly #options: StatusWriterOptions;
  /** By uid. */
  readonly #written = new Map<string, Written>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** The answer is after how long what is held back may be written. */
  async write(
    resource: Resource,
    object: KubeObject & { readonly status?: unknown },
    wish: StatusWish,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { rest, clock, fieldManager } = this.#options;
    const { uid = '', generation = 0, resourceVersion, name, namespace } = object.metadata;
    const known = this.#written.get(uid);
    const before = known?.over === resourceVersion && known !== undefined ? known.status : statusIn(object);
    // Another operator is at work too: what it wrote counts as if we had, or figures would be written twice as often.
    const isOfAnother = known !== undefined && !isDeepStrictEqual(before, known.status);
    if (isOfAnother) this.#written.set(uid, { status: before, over: resourceVersion, at: clock.now() });
    const written = this.#written.get(uid);
    const after = this.#wished(before, wish, generation);
    const change = changeOf(before, after, wish.figures, wish.progress);
    if (change === 'none') return undefined;
    const waitMs = (written?.at ?? Number.NEGATIVE_INFINITY) + this.#paceMs(change) - clock.now();
    if (waitMs > 0 && before.observedGeneration === generation) return waitMs;
    // The uid: another object of that name has another story.
    const metadata = { name, uid, ...(namespace === undefined ? {} : { namespace }) };
    const applied = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, status: after };
    try {
      await rest.applyStatus(resource, applied, { fieldManager, signal });
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NOT_FOUND') return undefined;
      // Rules that are newer than the object judge the whole of it, so that no status gets in: what it would say is told as events.
      if (error instanceof KubeError && error.code === 'INVALID') this.#done(object, before, after);
      throw error;
    }
    this.#done(object, before, after);
    return undefined;
  }

  /** Of an object that is there no more. */
  forget({ metadata }: KubeObject): void {
    this.#written.delete(metadata.uid ?? '');
  }

  #done(object: KubeObject, before: StatusLike, after: StatusLike): void {
    const { uid = '', resourceVersion } = object.metadata;
    this.#written.set(uid, { status: after, over: resourceVersion, at: this.#options.clock.now() });
    this.#tell(object, before.conditions ?? [], after.conditions ?? []);
  }

  #paceMs(change: Change): number {
    const { size } = this.#written;
    if (change === 'figures') return Math.max(FIGURES_EVERY_MS, size * FIGURES_EVERY_MS_PER_OBJECT);
    if (change === 'progress') return Math.max(PROGRESS_EVERY_MS, size * PROGRESS_EVERY_MS_PER_OBJECT);
    return Math.max(0, size - AT_ONCE_OBJECTS) * TURNS_EVERY_MS_PER_OBJECT;
  }

  #wished(before: StatusLike, { fields, conditions }: StatusWish, generation: number): StatusLike {
    const now = new Date(this.#options.clock.wallMs()).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    return {
      ...Object.fromEntries(known),
      observedGeneration: generation,
      conditions: withHistory(before.conditions ?? [], conditions, generation, now),
    };
  }

  #tell(regarding: KubeObject, before: readonly Condition[], after: readonly Condition[]): void {
    for (const { condition, isWarning } of turnsOf(before, after)) {
      this.#options.record({
        regarding,
        type: isWarning ? 'Warning' : 'Normal',
        reason: condition.reason,
        action: `${condition.type}${condition.status}`,
        note: condition.message,
      });
    }
  }
}

function statusIn({ status }: { readonly status?: unknown }): StatusLike {
  return typeof status === 'object' && status !== null ? (status as StatusLike) : {};
}
