// The verbs of the Kubernetes API that an operator needs, typed errors, no discovery and no models: objects go through untouched.
// Caches nothing and repeats nothing; who calls decides when to try again.
import { StringDecoder } from 'node:string_decoder';
import type { Random } from './clock.ts';
import { errorOfAnswer, isRecord, KubeError } from './errors.ts';
import { apiVersionOf, type KubeObject, type Place, pathOf, type Resource } from './resources.ts';
import { describe, type Exchange, Transport, type TransportOptions } from './transport.ts';

export interface RestOptions extends TransportOptions {
  readonly random: Random;
  /** A watch without a byte for so long is taken for dead; bookmarks come every minute. */
  readonly watchIdleMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly urgent?: boolean;
}

export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApplyOptions extends CallOptions {
  readonly fieldManager: string;
  /** Fields that another manager owns: taken over (as controllers do) unless they are to be a `CONFLICT`. */
  readonly conflicts?: 'won' | 'refused';
  readonly dryRun?: boolean;
}

export interface List<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export type Created<T extends KubeObject> =
  | { readonly kind: 'created'; readonly object: T }
  | { readonly kind: 'exists' };
/** `replaced`: an object of that name is there, but not the one meant, or not as it was seen. */
export type Deleted = 'deleted' | 'absent' | 'replaced';

const PAGE_ITEMS = 500;
const MAX_PAGES = 400;
const MIN_WATCH_S = 300;
const MAX_WATCH_S = 600;
const WATCH_IDLE_MS = 90_000;
/** One that has said nothing since requests failed is doubted sooner: resuming it costs nothing. */
const DOUBTED_WATCH_IDLE_MS = 5_000;
/** etcd refuses objects above 1.5 MiB. */
const MAX_EVENT_CHARS = 8 * 1024 * 1024;

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';

export class RestClient {
  readonly #options: RestOptions;
  readonly #transport: Transport;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#transport = new Transport(options);
  }

  close(): void {
    this.#transport.close();
  }

  /** Calls whenever the server has answered as it should: time to try again what had failed. The result unsubscribes. */
  onAnswer(listener: () => void): () => void {
    return this.#transport.onAnswer(listener);
  }

  /** Undefined when there is none. */
  async get<T extends KubeObject>(resource: Resource, place: Place, options: CallOptions = {}): Promise<T | undefined> {
    try {
      return await this.#object<T>({ method: 'GET', path: pathOf(resource, place), ...options });
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** All of one moment, read in pages. */
  async list<T extends KubeObject>(
    resource: Resource,
    selection: Selection = {},
    options: CallOptions = {},
  ): Promise<List<T>> {
    const items: T[] = [];
    const path = pathOf(resource, namespaceOf(selection));
    let next: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = {
        ...queryOf(selection),
        limit: String(PAGE_ITEMS),
        ...(next === undefined ? {} : { continue: next }),
      };
      const exchange: Exchange = { method: 'GET', path, query, ...options };
      const answer = await this.#json(exchange);
      const metadata = answer['metadata'];
      if (!Array.isArray(answer['items']) || !isRecord(metadata)) throw notA('list', exchange);
      for (const item of answer['items']) items.push(named<T>(item, resource, exchange));
      if (typeof metadata['continue'] !== 'string' || metadata['continue'] === '') {
        return { items, resourceVersion: String(metadata['resourceVersion'] ?? '') };
      }
      next = metadata['continue'];
    }
    throw new KubeError('BAD_REPLY', `GET ${path}: more than ${MAX_PAGES * PAGE_ITEMS} objects`);
  }

  /** Ends when the server ends it, says nothing for long, or the signal fires; throws when it breaks, `EXPIRED` when only a new list helps. */
  async *watch<T extends KubeObject>(
    resource: Resource,
    selection: Selection & { readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const { random } = this.#options;
    const query = {
      ...queryOf(selection),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: selection.resourceVersion,
      timeoutSeconds: String(MIN_WATCH_S + Math.floor(random() * (MAX_WATCH_S - MIN_WATCH_S + 1))),
    };
    const ended = new AbortController();
    const exchange: Exchange = {
      method: 'GET',
      path: pathOf(resource, namespaceOf(selection)),
      query,
      signal: AbortSignal.any([signal, ended.signal]),
    };
    try {
      for await (const line of this.#lines(exchange, ended)) yield eventOf<T>(line, resource, exchange);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    } finally {
      ended.abort();
    }
  }

  /** Server-side apply of exactly the fields this manager owns; unknown fields are refused. */
  apply<T extends KubeObject>(resource: Resource, object: T, options: ApplyOptions): Promise<KubeObject> {
    return this.#apply(resource, object, options);
  }

  /** Of an object whose spec nobody can read any more the status is all there is to say so. */
  async applyStatus<T extends KubeObject>(resource: Resource, object: T, options: ApplyOptions): Promise<KubeObject> {
    try {
      return await this.#apply(resource, object, options, 'status');
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 'ILLEGIBLE') throw error;
      return this.#merge(pathOf(resource, object.metadata, 'status'), object, options);
    }
  }

  /** For what must not be overwritten: that it exists already is an answer. */
  async create<T extends KubeObject>(resource: Resource, object: T, options: ApplyOptions): Promise<Created<T>> {
    const { namespace } = object.metadata;
    try {
      const created = await this.#object<T>({
        method: 'POST',
        path: pathOf(resource, namespace === undefined ? {} : { namespace }),
        query: writing(options),
        body: object,
        ...calling(options),
      });
      return { kind: 'created', object: created };
    } catch (error) {
      if (error instanceof KubeError && error.code === 'ALREADY_EXISTS') return { kind: 'exists' };
      throw error;
    }
  }

  /** Only over the version the object carries: `CONFLICT` when somebody was faster. */
  replace<T extends KubeObject>(resource: Resource, object: T, options: ApplyOptions): Promise<T> {
    const path = pathOf(resource, object.metadata);
    return this.#object<T>({ method: 'PUT', path, query: writing(options), body: object, ...calling(options) });
  }

  /** JSON merge patch, for fields that no manager owns. */
  merge(resource: Resource, place: Place, patch: unknown, options: ApplyOptions): Promise<KubeObject> {
    return this.#merge(pathOf(resource, place), patch, options);
  }

  #merge(path: string, patch: unknown, options: ApplyOptions): Promise<KubeObject> {
    return this.#object({
      method: 'PATCH',
      path,
      query: writing(options),
      body: patch,
      contentType: MERGE,
      ...calling(options),
    });
  }

  /** Exactly the object of that uid, and of that version where one is named; what it owns goes after it. */
  async delete(
    resource: Resource,
    { uid, resourceVersion, ...place }: Place & { readonly uid: string; readonly resourceVersion?: string },
    options: CallOptions = {},
  ): Promise<Deleted> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      propagationPolicy: 'Background',
    };
    try {
      await this.#json({ method: 'DELETE', path: pathOf(resource, place), body, ...options });
      return 'deleted';
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NOT_FOUND') return 'absent';
      if (error instanceof KubeError && error.code === 'CONFLICT') return 'replaced';
      throw error;
    }
  }

  #apply(resource: Resource, object: KubeObject, options: ApplyOptions, subresource?: string): Promise<KubeObject> {
    return this.#object({
      method: 'PATCH',
      path: pathOf(resource, object.metadata, subresource),
      query: { ...writing(options), force: String(options.conflicts !== 'refused') },
      body: object,
      contentType: APPLY,
      ...calling(options),
    });
  }

  async #object<T extends KubeObject>(exchange: Exchange): Promise<T> {
    const answer = await this.#json(exchange);
    if (!isRecord(answer['metadata'])) throw notA('object', exchange);
    return answer as unknown as T;
  }

  async #json(exchange: Exchange): Promise<Record<string, unknown>> {
    const text = await this.#transport.exchange(exchange);
    try {
      const parsed: unknown = JSON.parse(text);
      if (isRecord(parsed)) return parsed;
    } catch (cause) {
      throw notA('JSON', exchange, cause);
    }
    throw notA('JSON object', exchange);
  }

  async *#lines(exchange: Exchange, ended: AbortController): AsyncGenerator<string, void, undefined> {
    const response = await this.#transport.stream(exchange);
    const idle = this.#idleGuard(ended);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        idle.heard();
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_EVENT_CHARS) throw notA('watch event', exchange);
        for (const line of lines) if (line !== '') yield line;
      }
      if (rest !== '') throw new KubeError('UNREACHABLE', `${describe(exchange)}: the watch was cut`);
    } catch (cause) {
      if (cause instanceof KubeError) throw cause;
      // Silence proves nothing: of a kind that nobody has written since the server began there are no bookmarks either. To ask
      // anew is enough, and shows at once whether the server is there.
      if (ended.signal.aborted) return;
      this.#transport.broken();
      throw new KubeError('UNREACHABLE', `${describe(exchange)}: the watch broke`, { cause });
    } finally {
      idle.end();
      response.destroy();
    }
  }

  #idleGuard(ended: AbortController): { heard(): void; end(): void } {
    const { clock, watchIdleMs = WATCH_IDLE_MS } = this.#options;
    const checkMs = Math.min(watchIdleMs, DOUBTED_WATCH_IDLE_MS) / 3;
    let heardAt = clock.now();
    const check = () => {
      const isDoubted = this.#transport.failedAround(heardAt);
      const limitMs = isDoubted ? Math.min(watchIdleMs, DOUBTED_WATCH_IDLE_MS) : watchIdleMs;
      if (clock.now() - heardAt >= limitMs) ended.abort();
      else cancel = clock.after(checkMs, check);
    };
    let cancel = clock.after(checkMs, check);
    return {
      heard: () => {
        heardAt = clock.now();
      },
      end: () => cancel(),
    };
  }
}

function calling({ signal, urgent }: CallOptions): CallOptions {
  return { signal, ...(urgent === undefined ? {} : { urgent }) };
}

function writing({ fieldManager, dryRun }: ApplyOptions): Record<string, string> {
  return { fieldManager, fieldValidation: 'Strict', ...(dryRun === true ? { dryRun: 'All' } : {}) };
}

function namespaceOf({ namespace }: Selection): Partial<Place> {
  return namespace === undefined ? {} : { namespace };
}

function queryOf({ labelSelector, fieldSelector }: Selection): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** Items of a list and of a watch of core kinds come without the names of their kind. */
function named<T extends KubeObject>(item: unknown, resource: Resource, exchange: Exchange): T {
  if (!isRecord(item) || !isRecord(item['metadata'])) throw notA('object', exchange);
  return { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind } as unknown as T;
}

function eventOf<T extends KubeObject>(line: string, resource: Resource, exchange: Exchange): WatchEvent<T> {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw notA('watch event', exchange, cause);
  }
  if (!isRecord(event)) throw notA('watch event', exchange);
  const { type, object } = event;
  if (type === 'ERROR') throw watchError(object, exchange);
  const meta = isRecord(object) ? object['metadata'] : undefined;
  if (type === 'BOOKMARK' && isRecord(meta)) return { type, resourceVersion: String(meta['resourceVersion'] ?? '') };
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
    return { type, object: named<T>(object, resource, exchange) };
  }
  throw notA('watch event', exchange);
}

function watchError(status: unknown, exchange: Exchange): KubeError {
  const code = isRecord(status) && typeof status['code'] === 'number' ? status['code'] : 500;
  return errorOfAnswer(describe(exchange), code, JSON.stringify(status ?? ''));
}

function notA(what: string, exchange: Exchange, cause?: unknown): KubeError {
  return new KubeError('BAD_REPLY', `${describe(exchange)}: the answer is no ${what}`, { cause });
}
