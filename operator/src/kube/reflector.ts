// A local copy of one collection: list once, then watch, resume where a watch ended, list again only when the server has forgotten.
// What it hands out is frozen; its one handler hears which key changed and may only enqueue.
import { Backoff } from './backoff.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { KubeError } from './errors.ts';
import { type KubeObject, keyOf, type Resource } from './resources.ts';
import type { RestClient, Selection, WatchEvent } from './rest.ts';

export interface Change<T extends KubeObject> {
  readonly key: string;
  readonly before: T | undefined;
  readonly now: T | undefined;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly rest: Pick<RestClient, 'list' | 'watch' | 'onAnswer'>;
  readonly resource: Resource;
  readonly selection?: Selection;
  readonly clock: Clock;
  readonly random: Random;
  readonly enqueue: (change: Change<T>) => void;
  /** What is kept of an object; all of it where nothing is said. */
  readonly keep?: (object: T) => KubeObject;
  /** For logs and the metric of restarts. */
  readonly onTrouble?: (error: KubeError) => void;
}

const BACKOFF = { firstMs: 800, maxMs: 30_000, healthyMs: 120_000 };
/** A watch that ends sooner and says nothing is a failure, or it would be asked for in a tight loop. */
const SHORT_WATCH_MS = 1_000;
/** Failing so often in a row, the version itself is doubted: a restored server may never reach it. */
const MAX_RESUMES = 5;

export class Reflector<T extends KubeObject> {
  /** Once the first list is in the cache. */
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #objects = new Map<string, T>();
  readonly #markSynced: () => void;
  readonly #backoff: Backoff;
  #version: string | undefined;
  #resumes = 0;
  #isSynced = false;
  #trouble: KubeError | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(BACKOFF, options.random);
    const synced = Promise.withResolvers<void>();
    this.synced = synced.promise;
    this.#markSynced = synced.resolve;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Why the cache is not being kept up at this moment. */
  get trouble(): KubeError | undefined {
    return this.#trouble;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  /** Until the signal fires. Rejects only when the handler throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list(signal);
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof KubeError)) throw error;
        await this.#recover(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { rest, resource, selection } = this.#options;
    const { items, resourceVersion } = await rest.list<T>(resource, selection ?? {}, { signal });
    const listed = new Set<string>();
    for (const item of items) {
      listed.add(keyOf(item.metadata));
      this.#put(item);
    }
    for (const key of [...this.#objects.keys()]) if (!listed.has(key)) this.#remove(key);
    this.#version = resourceVersion;
    this.#resumes = 0;
    this.#trouble = undefined;
    this.#isSynced = true;
    this.#markSynced();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { rest, resource, selection, clock } = this.#options;
    const startedAt = clock.now();
    let heard = false;
    const events = rest.watch<T>(resource, { ...selection, resourceVersion: this.#version ?? '' }, signal);
    for await (const event of events) {
      heard = true;
      this.#resumes = 0;
      this.#trouble = undefined;
      this.#take(event);
    }
    if (signal.aborted || heard) return;
    if (clock.now() - startedAt < SHORT_WATCH_MS) {
      throw new KubeError('UNREACHABLE', `watching ${resource.plural}: ended at once, without a word`);
    }
    this.#trouble = undefined;
  }

  #take(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      return;
    }
    if (event.type === 'DELETED') this.#remove(keyOf(event.object.metadata));
    else this.#put(event.object);
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  #put(object: T): void {
    const key = keyOf(object.metadata);
    const before = this.#objects.get(key);
    if (before !== undefined && sameVersion(before, object)) return;
    const { keep } = this.#options;
    const kept = keep === undefined ? object : (keep(object) as T);
    const now = deepFreeze(withoutManagedFields(kept));
    this.#objects.set(key, now);
    this.#options.enqueue({ key, before, now });
  }

  #remove(key: string): void {
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#options.enqueue({ key, before, now: undefined });
  }

  async #recover(error: KubeError, signal: AbortSignal): Promise<void> {
    const { clock, onTrouble } = this.#options;
    this.#trouble = error;
    this.#resumes += 1;
    if (!error.transient || this.#resumes > MAX_RESUMES) this.#version = undefined;
    onTrouble?.(error);
    const delayMs = Math.max(this.#backoff.next(clock.now()), error.retryAfterMs ?? 0);
    const firstMs = error.transient ? Math.min(delayMs, Math.max(BACKOFF.firstMs, error.retryAfterMs ?? 0)) : delayMs;
    await sleep(clock, firstMs, signal);
    await this.#waitOrAnswer(delayMs - firstMs, signal);
  }

  /** A long wait ends early when the server answers somebody else: then it is back. */
  async #waitOrAnswer(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs <= 0) return;
    const back = new AbortController();
    const unsubscribe = this.#options.rest.onAnswer(() => back.abort());
    await sleep(this.#options.clock, delayMs, AbortSignal.any([signal, back.signal]));
    unsubscribe();
  }
}

function sameVersion(a: KubeObject, b: KubeObject): boolean {
  return (
    a.metadata.uid === b.metadata.uid &&
    a.metadata.resourceVersion !== undefined &&
    a.metadata.resourceVersion === b.metadata.resourceVersion
  );
}

/** A third of an object's bytes, and nobody here reads them. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
