// A small API server over real HTTP for tests: objects, versions, pages, watches with bookmarks, and faults on demand. It checks what our
// client must send and nothing of any kind's fields; it merges nothing, an apply replaces.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Access } from '../access.ts';
import { isRecord } from '../errors.ts';
import { type KubeObject, pathOf, type Resource } from '../resources.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly atMs: number;
  readonly socket: Socket;
}

/** Answers instead of the server and says true, or leaves the request to it. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean;

type Watcher = { readonly path: string; readonly response: ServerResponse };
type Logged = { readonly version: number; readonly path: string; readonly line: string };

export class FakeApi {
  readonly asked: Asked[] = [];
  fault: Fault = () => false;
  /** Hears what clients write, once it is stored: here the parts of Kubernetes' own controllers are played. */
  onWritten: (object: KubeObject) => void = () => {};
  readonly #server: Server;
  readonly #objects = new Map<string, KubeObject>();
  readonly #log: Logged[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 100;
  #oldest = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get access(): Access {
    const { port } = this.#server.address() as AddressInfo;
    return {
      server: new URL(`http://127.0.0.1:${port}`),
      namespace: 'default',
      credentials: async () => ({ headers: { Authorization: 'Bearer test' }, tls: {} }),
    };
  }

  get watching(): number {
    return this.#watchers.size;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(resource: Resource, object: KubeObject): KubeObject {
    const path = pathOf(resource, object.metadata);
    const before = this.#objects.get(path);
    const uid = before?.metadata.uid ?? `uid-${this.#version + 1}`;
    return this.#store(path, { ...object, metadata: { ...object.metadata, uid } }, before);
  }

  remove(resource: Resource, object: KubeObject): void {
    this.#drop(pathOf(resource, object.metadata));
  }

  object(resource: Resource, name: string, namespace: string): KubeObject | undefined {
    return this.#objects.get(pathOf(resource, { name, namespace }));
  }

  /** Forgets all that happened so far, as etcd's compaction does: older watches are answered 410. */
  compact(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    this.#log.length = 0;
  }

  bookmark(): void {
    this.#version += 1;
    const metadata = { resourceVersion: String(this.#version) };
    for (const { response } of this.#watchers) response.write(lineOf('BOOKMARK', { metadata }));
  }

  /** Clean ends, as after timeoutSeconds. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
  }

  /** TCP resets in the middle of a line. */
  cutWatches(): void {
    for (const { response } of this.#watchers) {
      response.write('{"type":"MODI');
      setImmediate(() => response.socket?.resetAndDestroy());
    }
  }

  say(line: string): void {
    for (const { response } of this.#watchers) response.write(line);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {});
    let text = '';
    try {
      for await (const chunk of request) text += String(chunk);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '/', 'http://fake');
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
      atMs: performance.now(),
      socket: request.socket,
    };
    this.asked.push(asked);
    if (this.fault(asked, response)) return;
    if (asked.query.get('watch') === 'true') this.#watch(asked, response);
    else if (asked.method === 'GET' && this.#isCollection(asked.path)) this.#list(asked, response);
    else this.#single(asked, response);
  }

  #isCollection(path: string): boolean {
    const parts = path.replace(/^\/api\/v1\/|^\/apis\/[^/]+\/[^/]+\//, '').split('/');
    return parts[0] === 'namespaces' ? parts.length === 3 : parts.length === 1;
  }

  #list({ path, query }: Asked, response: ServerResponse): void {
    const all = [...this.#objects].filter(([at]) => within(path, at)).sort(([a], [b]) => (a < b ? -1 : 1));
    const from = Number(query.get('continue') ?? 0);
    const to = from + Number(query.get('limit') ?? all.length);
    const metadata = { resourceVersion: String(this.#version), ...(to < all.length ? { continue: String(to) } : {}) };
    const items = all.slice(from, to).map(([, { apiVersion: _a, kind: _k, ...item }]) => item);
    answer(response, 200, { apiVersion: 'v1', kind: 'List', metadata, items });
  }

  #watch({ path, query }: Asked, response: ServerResponse): void {
    const since = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (since < this.#oldest) {
      response.end(lineOf('ERROR', statusBody(410, 'Expired', `too old resource version: ${since} (${this.#oldest})`)));
      return;
    }
    for (const { version, path: at, line } of this.#log) if (version > since && within(path, at)) response.write(line);
    const watcher = { path, response };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    response.on('error', () => {});
  }

  #single({ method, path, body }: Asked, response: ServerResponse): void {
    const subject = path.replace(/\/status$/, '');
    const name = isRecord(body) && isRecord(body['metadata']) ? String(body['metadata']['name']) : '';
    const at = method === 'POST' ? `${subject}/${name}` : subject;
    const before = this.#objects.get(at);
    if (before === undefined && method !== 'POST' && (method !== 'PATCH' || path !== subject)) {
      answer(response, 404, statusBody(404, 'NotFound', `${at} not found`));
      return;
    }
    if (method === 'GET') answer(response, 200, before);
    else if (method === 'DELETE') this.#delete(at, before, body, response);
    else if (method === 'POST' && before !== undefined) {
      answer(response, 409, statusBody(409, 'AlreadyExists', `${name} already exists`));
    } else if (isOutdated(method, body, before)) {
      answer(response, 409, statusBody(409, 'Conflict', 'the object has been modified'));
    } else {
      const uid = before?.metadata.uid ?? `uid-${this.#version + 1}`;
      const object = { ...before, ...(body as KubeObject) };
      const stored = this.#store(at, { ...object, metadata: { ...before?.metadata, ...object.metadata, uid } }, before);
      answer(response, 200, stored);
      this.onWritten(stored);
    }
  }

  #delete(at: string, before: KubeObject | undefined, body: unknown, response: ServerResponse): void {
    const preconditions = isRecord(body) && isRecord(body['preconditions']) ? body['preconditions'] : {};
    const { uid, resourceVersion } = before?.metadata ?? {};
    for (const [field, value] of Object.entries({ uid, resourceVersion })) {
      if (preconditions[field] === undefined || preconditions[field] === value) continue;
      answer(response, 409, statusBody(409, 'Conflict', `Precondition failed: ${field} in precondition`));
      return;
    }
    this.#drop(at);
    answer(response, 200, { kind: 'Status', status: 'Success' });
  }

  #store(path: string, object: KubeObject, before: KubeObject | undefined): KubeObject {
    this.#version += 1;
    const metadata = { ...object.metadata, ...generationOf(object, before), resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.#objects.set(path, stored);
    this.#tell(path, lineOf(before === undefined ? 'ADDED' : 'MODIFIED', stored));
    return stored;
  }

  #drop(path: string): void {
    const before = this.#objects.get(path);
    if (before === undefined) return;
    this.#objects.delete(path);
    this.#version += 1;
    const metadata = { ...before.metadata, resourceVersion: String(this.#version) };
    this.#tell(path, lineOf('DELETED', { ...before, metadata }));
  }

  #tell(path: string, line: string): void {
    this.#log.push({ version: this.#version, path, line });
    for (const watcher of this.#watchers) if (within(watcher.path, path)) watcher.response.write(line);
  }
}

/** Counts changes of the spec, of kinds whose objects have one at all. */
function generationOf(object: KubeObject, before: KubeObject | undefined): { readonly generation?: number } {
  const [now, was] = [object, before].map((one) => JSON.stringify(one === undefined ? null : Reflect.get(one, 'spec')));
  if (now === undefined || object.kind === 'Lease') return {};
  const { generation = 0 } = before?.metadata ?? {};
  return { generation: now === was ? generation : generation + 1 };
}

/** Of all namespaces, or of the one in the path. */
function within(collection: string, path: string): boolean {
  if (path.startsWith(`${collection}/`)) return true;
  const plural = collection.slice(collection.lastIndexOf('/') + 1);
  const root = collection.slice(0, collection.lastIndexOf('/'));
  return path.startsWith(`${root}/namespaces/`) && path.split('/').at(-2) === plural;
}

/** A PUT must name the version it is over; an apply may, and makes an object whatever version it names. */
function isOutdated(method: string, body: unknown, before: KubeObject | undefined): boolean {
  const version = versionIn(body);
  if (method === 'PUT') return version !== before?.metadata.resourceVersion;
  return (
    method === 'PATCH' && before !== undefined && version !== undefined && version !== before.metadata.resourceVersion
  );
}

function versionIn(body: unknown): unknown {
  return isRecord(body) && isRecord(body['metadata']) ? body['metadata']['resourceVersion'] : undefined;
}

function lineOf(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function statusBody(code: number, reason: string, message: string, fields: readonly string[] = []): unknown {
  const details = { causes: fields.map((field) => ({ field })) };
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
