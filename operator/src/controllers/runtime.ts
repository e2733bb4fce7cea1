// Runs controllers: their copies, a queue and workers for each, retries, and the clients that bear their names. It knows no
// kind and no order among controllers: each is level-triggered.
import { Applier } from '../kube/applier.ts';
import { Caches } from '../kube/caches.ts';
import type { Clock, Random } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import { EventRecorder, type EventRecorderOptions } from '../kube/events.ts';
import type { KubeObject, Resource } from '../kube/resources.ts';
import type { RestClient } from '../kube/rest.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import type { Clients, Controller, Watch } from './controller.ts';
import { StatusWriter } from './status-writer.ts';

export const OPERATOR = 'rexnet-operator';
/** A server that failed is asked again at least so often: the budget of requests protects it already. */
const SERVER_RETRY_MAX_MS = 5_000;

/** What happened to one key. */
export interface Pass {
  readonly controller: string;
  readonly key: string;
  readonly durationMs: number;
  readonly error?: unknown;
}

export interface RuntimeOptions {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly random: Random;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** The pod, in events. */
  readonly instance: string;
  readonly onPass?: (pass: Pass) => void;
  readonly onTrouble?: (resource: Resource, error: KubeError) => void;
  readonly onDroppedEvent?: EventRecorderOptions['onDropped'];
}

export class Runtime {
  readonly caches: Caches;
  readonly #options: RuntimeOptions;
  readonly #lines: readonly Line[];

  /** Every controller that is to run: what they watch is known before the first list is asked for. */
  constructor(controllers: readonly Controller[], options: RuntimeOptions) {
    this.#options = options;
    this.caches = new Caches(options);
    this.#lines = controllers.map((controller) => new Line(controller, this.caches, options));
  }

  /** Keys that are ready to be looked at, for each controller. */
  depths(): ReadonlyMap<string, number> {
    return new Map(this.#lines.map(({ controller, queue }) => [controller.name, queue.depth]));
  }

  /** Looks at a key soon: something outside of Kubernetes has changed. */
  enqueue(controller: string, key: string, delayMs: number): void {
    this.#lines.find((line) => line.controller.name === controller)?.queue.addAfter(key, delayMs);
  }

  /** Until the signal fires and what runs has ended. Rejects only for a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const events = new EventRecorder({
      rest: this.#options.rest,
      clock: this.#options.clock,
      controller: 'rexnet.dev/operator',
      instance: this.#options.instance,
      fieldManager: OPERATOR,
      signal,
      ...(this.#options.onDroppedEvent === undefined ? {} : { onDropped: this.#options.onDroppedEvent }),
    });
    const copying = this.caches.run(signal);
    const stopped = new Promise<'stopped'>((resolve) => {
      if (signal.aborted) resolve('stopped');
      signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    const begun = await Promise.race([this.caches.synced(), stopped, copying]);
    // A copy that fails by a mistake of ours would go stale without a word: it ends everything.
    const working = begun === 'stopped' ? [] : this.#lines.map((line) => line.run(events, signal));
    await Promise.all([...working, copying]);
  }
}

class Line {
  readonly controller: Controller;
  readonly queue: WorkQueue;
  readonly #caches: Caches;
  readonly #options: RuntimeOptions;
  readonly #fieldManager: string;
  readonly #applier: Applier;
  readonly #statuses: StatusWriter;
  #events: EventRecorder | undefined;

  constructor(controller: Controller, caches: Caches, options: RuntimeOptions) {
    const { rest, clock } = options;
    const fieldManager = `${OPERATOR}-${controller.name}`;
    this.controller = controller;
    this.#caches = caches;
    this.#options = options;
    this.#fieldManager = fieldManager;
    this.#applier = new Applier({ rest, clock, fieldManager });
    this.#statuses = new StatusWriter({
      rest,
      clock,
      fieldManager,
      record: (happening) => this.#events?.record(happening),
    });
    this.queue = new WorkQueue({ clock: options.clock });
    for (const one of controller.watches) this.#watch(one);
  }

  async run(events: EventRecorder, signal: AbortSignal): Promise<void> {
    this.#events = events;
    const clients = this.#clients(events, signal);
    const onAbort = () => this.queue.close();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const workers = Array.from({ length: this.controller.workers }, () => this.#work(clients, signal));
    await Promise.all(workers);
  }

  #watch({ collection, keys, when = () => true, delayMs = 0 }: Watch): void {
    this.#caches.watch(collection, ({ before, now }) => {
      if (before !== undefined && now?.metadata.uid !== before.metadata.uid) this.#forget(collection.resource, before);
      if (!when(before, now)) return;
      const concerned = new Set([
        ...(before === undefined ? [] : keys(before, this.#caches)),
        ...(now === undefined ? [] : keys(now, this.#caches)),
      ]);
      for (const key of concerned) {
        if (delayMs === 0) this.queue.add(key);
        else this.queue.addAfter(key, delayMs);
      }
    });
  }

  /** Nothing is kept of what is gone. */
  #forget(resource: Resource, object: KubeObject): void {
    this.#applier.forget(resource, object);
    this.#statuses.forget(object);
    this.controller.forget?.(object);
  }

  async #work(clients: Clients, signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.queue.take();
      if (key === undefined) return;
      await this.#pass(key, clients, signal);
      this.queue.done(key);
    }
  }

  async #pass(key: string, clients: Clients, signal: AbortSignal): Promise<void> {
    const { clock, onPass } = this.#options;
    const controller = this.controller.name;
    const startedAt = clock.now();
    try {
      const againMs = await this.controller.reconcile(key, this.#caches, clients);
      this.queue.forget(key);
      if (againMs !== undefined) this.queue.addAfter(key, againMs);
      onPass?.({ controller, key, durationMs: clock.now() - startedAt });
    } catch (error) {
      if (signal.aborted) return;
      // A mistake of ours about one key must not stop the others: it is told, counted and tried again like any failure.
      const ofServer = error instanceof KubeError ? error : undefined;
      this.queue.retry(key, ofServer?.retryAfterMs, ofServer?.transient === true ? SERVER_RETRY_MAX_MS : undefined);
      onPass?.({ controller, key, durationMs: clock.now() - startedAt, error });
    }
  }

  #clients(events: EventRecorder, signal: AbortSignal): Clients {
    const { rest, clock, random } = this.#options;
    const fieldManager = this.#fieldManager;
    const applier = this.#applier;
    return {
      rest,
      fieldManager,
      clock,
      random,
      signal,
      apply: (resource, wish, live) => applier.apply(resource, wish, live, { signal }),
      remove: (resource, object) => {
        applier.forget(resource, object);
        return rest.delete(resource, identified(object), { signal });
      },
      removeAsSeen: (resource, object) => {
        const { resourceVersion } = object.metadata;
        const seen = { ...identified(object), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
        return rest.delete(resource, seen, { signal });
      },
      writeStatus: (resource, object, wish) => this.#statuses.write(resource, object, wish, signal),
      record: (happening) => events.record(happening),
    };
  }
}

function identified({ metadata: { name, namespace, uid } }: KubeObject) {
  if (uid === undefined) throw new Error(`${name} has no uid: only what the server has shown can be deleted`);
  return { name, uid, ...(namespace === undefined ? {} : { namespace }) };
}
