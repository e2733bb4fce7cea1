// The local copies that all controllers share: one reflector per collection and namespace, read as one store, indexed by the
// Testnet and the group that labels name. Stores hand out what the server last said; nobody writes into them.
import type { Clock, Random } from './clock.ts';
import type { KubeError } from './errors.ts';
import { type Change, Reflector } from './reflector.ts';
import { type KubeObject, pathOf, type Resource } from './resources.ts';
import type { RestClient } from './rest.ts';

/** Objects that are watched together. `T` says only what their reader expects of them. */
export interface Collection<T extends KubeObject = KubeObject> {
  readonly resource: Resource;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** By which other keys an object is looked up; a name and its keys. */
  readonly indexes?: Readonly<Record<string, (object: T) => string | undefined>>;
  /** What is kept of an object, where there are many and little of them is read; metadata and versions always. */
  readonly keep?: (object: T) => KubeObject;
}

export interface Store<T extends KubeObject> {
  readonly size: number;
  get(key: string): T | undefined;
  values(): Iterable<T>;
  /** Those whose index gives that key, in no order. */
  by(index: string, key: string): readonly T[];
}

export interface CachesOptions {
  readonly rest: Pick<RestClient, 'list' | 'watch' | 'onAnswer'>;
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly onTrouble?: (resource: Resource, error: KubeError) => void;
}

type Listener = (change: Change<KubeObject>) => void;
/** Types of stores differ only in what their readers expect. */
type AnyCollection = Collection<never>;

export class Caches {
  readonly #options: CachesOptions;
  readonly #copies = new Map<string, Copy>();

  constructor(options: CachesOptions) {
    this.#options = options;
  }

  /** Watches a collection from the start on; one and the same collection is watched once, whoever asks. */
  watch<T extends KubeObject>(collection: Collection<T>, listener: (change: Change<T>) => void): void {
    const name = nameOf(collection);
    const copy = this.#copies.get(name) ?? new Copy(collection, this.#options);
    this.#copies.set(name, copy);
    copy.index(collection);
    copy.listeners.push(listener as Listener);
  }

  of<T extends KubeObject>(collection: Collection<T>): Store<T> {
    const copy = this.#copies.get(nameOf(collection));
    if (copy === undefined) throw new Error(`${nameOf(collection)} is not watched`);
    return copy as unknown as Store<T>;
  }

  /** Once every copy has its first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#copies.values()].map((copy) => copy.synced()));
  }

  get isSynced(): boolean {
    return [...this.#copies.values()].every((copy) => copy.isSynced);
  }

  /** What keeps the copies from being kept up, if anything does. */
  get troubles(): readonly KubeError[] {
    return [...this.#copies.values()].flatMap((copy) => copy.troubles);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#copies.values()].map((copy) => copy.run(signal)));
  }
}

class Copy implements Store<KubeObject> {
  readonly listeners: Listener[] = [];
  readonly #reflectors: readonly Reflector<KubeObject>[];
  readonly #indexes = new Map<string, Index>();

  constructor({ resource, labelSelector, fieldSelector, keep }: AnyCollection, options: CachesOptions) {
    const { namespaces, rest, clock, random, onTrouble } = options;
    const places = namespaces.length === 0 || !resource.namespaced ? [undefined] : namespaces;
    this.#reflectors = places.map(
      (namespace) =>
        new Reflector<KubeObject>({
          rest,
          resource,
          clock,
          random,
          selection: {
            ...(namespace === undefined ? {} : { namespace }),
            ...(labelSelector === undefined ? {} : { labelSelector }),
            ...(fieldSelector === undefined ? {} : { fieldSelector }),
          },
          enqueue: (change) => this.#take(change),
          ...(keep === undefined ? {} : { keep: keep as unknown as (object: KubeObject) => KubeObject }),
          ...(onTrouble === undefined ? {} : { onTrouble: (error) => onTrouble(resource, error) }),
        }),
    );
  }

  index({ indexes = {} }: AnyCollection): void {
    for (const [name, keyOf] of Object.entries(indexes)) {
      if (!this.#indexes.has(name)) this.#indexes.set(name, new Index(keyOf as (object: KubeObject) => string));
    }
  }

  get size(): number {
    return this.#reflectors.reduce((sum, reflector) => sum + reflector.size, 0);
  }

  get(key: string): KubeObject | undefined {
    for (const reflector of this.#reflectors) {
      const found = reflector.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  *values(): Iterable<KubeObject> {
    for (const reflector of this.#reflectors) yield* reflector.values();
  }

  by(index: string, key: string): readonly KubeObject[] {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new Error(`there is no index ${index}`);
    return found.get(key);
  }

  async synced(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.synced));
  }

  get isSynced(): boolean {
    return this.#reflectors.every((reflector) => reflector.isSynced);
  }

  get troubles(): readonly KubeError[] {
    return this.#reflectors.flatMap((reflector) => reflector.trouble ?? []);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  #take(change: Change<KubeObject>): void {
    for (const index of this.#indexes.values()) index.take(change);
    for (const listener of this.listeners) listener(change);
  }
}

class Index {
  readonly #keyOf: (object: KubeObject) => string | undefined;
  readonly #found = new Map<string, Map<string, KubeObject>>();

  constructor(keyOf: (object: KubeObject) => string | undefined) {
    this.#keyOf = keyOf;
  }

  get(key: string): readonly KubeObject[] {
    return [...(this.#found.get(key)?.values() ?? [])];
  }

  take({ key, before, now }: Change<KubeObject>): void {
    const left = before === undefined ? undefined : this.#keyOf(before);
    if (left !== undefined) {
      const rest = this.#found.get(left);
      rest?.delete(key);
      if (rest?.size === 0) this.#found.delete(left);
    }
    const entered = now === undefined ? undefined : this.#keyOf(now);
    if (now === undefined || entered === undefined) return;
    const members = this.#found.get(entered) ?? new Map<string, KubeObject>();
    this.#found.set(entered, members.set(key, now));
  }
}

function nameOf({ resource, labelSelector = '', fieldSelector = '' }: AnyCollection): string {
  return `${pathOf(resource)}?${labelSelector}&${fieldSelector}`;
}
