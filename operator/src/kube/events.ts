// Events about our objects, for `kubectl describe`: one per transition, repeats counted in the one that exists, few per object.
// Best effort: an event that cannot be written is dropped and reported, it never delays or fails a reconcile.
import { createHash } from 'node:crypto';
import { type Clock, sleep } from './clock.ts';
import { KubeError } from './errors.ts';
import { microTime } from './micro-time.ts';
import type { KubeObject, Resource } from './resources.ts';
import type { RestClient } from './rest.ts';

export const EVENTS: Resource = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

export interface Happening {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** From a closed union of the controller, CamelCase. */
  readonly reason: string;
  /** What was being done, CamelCase. */
  readonly action: string;
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly rest: Pick<RestClient, 'create' | 'merge'>;
  readonly clock: Clock;
  /** `rexnet.dev/operator`. */
  readonly controller: string;
  /** The pod. */
  readonly instance: string;
  readonly fieldManager: string;
  readonly onDropped?: (happening: Happening, why: string) => void;
  /** Nothing more is written once it fires. */
  readonly signal?: AbortSignal;
}

interface Series {
  readonly name: string;
  readonly namespace: string;
  readonly eventTime: string;
  count: number;
  told: number;
  seenAt: number;
  toldAt: number;
}

/** A repeat after that is a new event. */
const SERIES_MS = 10 * 60_000;
/** Repeats are written at most so often. */
const TELL_EVERY_MS = 60_000;
const MAX_SERIES = 2_000;
const MAX_PENDING = 500;
/** Per object, as client-go: so many at once, then one in five minutes. */
const OBJECT_BURST = 25;
const OBJECT_REFILL_MS = 300_000;
const MAX_OBJECTS = 2_000;
/** All together: a flood of them must not take the requests that work needs. */
const EVENTS_PER_SECOND = 20;
const EVENT_BURST = 50;
/** Limits of the API. */
const MAX_NOTE_BYTES = 1_024;
const MAX_WORD_CHARS = 128;
const NAME_PREFIX_CHARS = 200;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #allowances = new Map<string, { tokens: number; at: number }>();
  #pending = 0;
  #free = EVENT_BURST;
  #freeAt = Number.NEGATIVE_INFINITY;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Returns at once; events are written one after the other. */
  record(happening: Happening): void {
    const now = this.#options.clock.now();
    const key = keyOfSeries(happening);
    const series = this.#series.get(key);
    if (this.#pending >= MAX_PENDING) {
      this.#dropped(happening, 'too many events wait to be written');
    } else if (series !== undefined && now < series.seenAt + SERIES_MS) {
      series.count += 1;
      series.seenAt = now;
      if (now >= series.toldAt + TELL_EVERY_MS) this.#enqueue(happening, key, () => this.#tell(series));
    } else if (this.#allowed(happening.regarding, now)) {
      const begun = this.#begin(happening, key, now);
      this.#enqueue(happening, key, () => this.#create(happening, begun));
    } else {
      this.#dropped(happening, 'too many events about this object');
    }
  }

  /** Once everything recorded so far is written or dropped. */
  idle(): Promise<void> {
    return this.#tail;
  }

  #enqueue(happening: Happening, key: string, write: () => Promise<void>): void {
    this.#pending += 1;
    this.#tail = this.#tail.then(async () => {
      try {
        if (await this.#turn()) await write();
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        this.#series.delete(key);
        this.#dropped(happening, error.message);
      } finally {
        this.#pending -= 1;
      }
    });
  }

  /** Waits for the next event's moment; false when there will be none. */
  #turn(): Promise<boolean> {
    const { clock, signal } = this.#options;
    const now = clock.now();
    this.#free = Math.min(EVENT_BURST, this.#free + ((now - this.#freeAt) / 1_000) * EVENTS_PER_SECOND) - 1;
    this.#freeAt = now;
    if (this.#free >= 0) return Promise.resolve(signal?.aborted !== true);
    return sleep(clock, (-this.#free / EVENTS_PER_SECOND) * 1_000, signal);
  }

  #begin({ regarding }: Happening, key: string, now: number): Series {
    const { clock, instance } = this.#options;
    const { name, namespace = 'default' } = regarding.metadata;
    const eventTime = microTime(clock.wallMs());
    const series: Series = {
      name: `${name.slice(0, NAME_PREFIX_CHARS)}.${digest(`${key} ${instance} ${eventTime}`)}`,
      namespace,
      eventTime,
      count: 1,
      told: 1,
      seenAt: now,
      toldAt: now,
    };
    remember(this.#series, MAX_SERIES, key, series);
    return series;
  }

  async #create(happening: Happening, { name, namespace, eventTime }: Series): Promise<void> {
    const { rest, controller, instance, fieldManager } = this.#options;
    const { regarding, type, reason, action, note } = happening;
    const { metadata } = regarding;
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime,
      reportingController: controller,
      reportingInstance: instance.slice(0, MAX_WORD_CHARS),
      action: action.slice(0, MAX_WORD_CHARS),
      reason: reason.slice(0, MAX_WORD_CHARS),
      type,
      note: shorten(note),
      regarding: {
        apiVersion: regarding.apiVersion,
        kind: regarding.kind,
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
        ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
      },
    };
    await rest.create(EVENTS, event, { fieldManager });
  }

  async #tell(series: Series): Promise<void> {
    const { rest, clock, fieldManager } = this.#options;
    if (series.count === series.told) return;
    const { name, namespace, count } = series;
    series.told = count;
    series.toldAt = clock.now();
    const patch = { series: { count, lastObservedTime: microTime(clock.wallMs()) } };
    await rest.merge(EVENTS, { name, namespace }, patch, { fieldManager });
  }

  #allowed({ metadata }: KubeObject, now: number): boolean {
    const key = metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
    const before = this.#allowances.get(key) ?? { tokens: OBJECT_BURST, at: now };
    const tokens = Math.min(OBJECT_BURST, before.tokens + (now - before.at) / OBJECT_REFILL_MS);
    const allowed = tokens >= 1;
    remember(this.#allowances, MAX_OBJECTS, key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed;
  }

  #dropped(happening: Happening, why: string): void {
    this.#options.onDropped?.(happening, why);
  }
}

function keyOfSeries({ regarding, type, reason, action, note }: Happening): string {
  const { uid, name, namespace } = regarding.metadata;
  return JSON.stringify([regarding.kind, namespace, name, uid, type, reason, action, note]);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** By bytes, which is how the API counts, and never through a character. */
function shorten(note: string): string {
  if (Buffer.byteLength(note) <= MAX_NOTE_BYTES) return note;
  let kept = '';
  let bytes = Buffer.byteLength('…');
  for (const char of note) {
    bytes += Buffer.byteLength(char);
    if (bytes > MAX_NOTE_BYTES) break;
    kept += char;
  }
  return `${kept}…`;
}

/** The oldest goes when there is no room. */
function remember<V>(map: Map<string, V>, limit: number, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}
