// Ports of pods as addresses of this machine, through the API server, as kubectl port-forward makes them. For people's tools: no
// controller needs it. Connections are made when somebody connects, so a pod may come later or go; what is open ends with the connection,
// also while it is being opened.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Joins a connection to a port of a pod; rejects when there is no way. What one side ends is ended for the other. */
export type Tunnel = (target: PodPort, socket: Socket) => Promise<void>;

const LOOPBACK = '127.0.0.1';
/** The API server answers when it has reached the machine of the pod. */
const OPEN_MAX_MS = 10_000;
const FORBIDDEN = /\b403\b/;

export class PortForwards {
  readonly #tunnel: Tunnel;
  readonly #servers = new Map<string, Promise<Server>>();
  readonly #sockets = new Set<Socket>();
  #isForbidden = false;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  /** Where the port of the pod answers on this machine, the same as long as this is open. */
  async address(target: PodPort): Promise<string> {
    const key = `${target.namespace}/${target.pod}:${target.port}`;
    const open = this.#servers.get(key) ?? this.#listen(target);
    this.#servers.set(key, open);
    const { port } = (await open).address() as AddressInfo;
    return `${LOOPBACK}:${port}`;
  }

  /** The API server has refused us the way to a pod: whoever tries again is refused again. */
  get isForbidden(): boolean {
    return this.#isForbidden;
  }

  async close(): Promise<void> {
    const servers = await Promise.allSettled(this.#servers.values());
    for (const server of servers) if (server.status === 'fulfilled') server.value.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(target: PodPort): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => this.#join(target, socket));
      server.once('error', reject);
      server.listen(0, LOOPBACK, () => {
        // Only what is asked through it keeps the process alive.
        server.unref();
        resolve(server);
      });
    });
  }

  #join(target: PodPort, socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    this.#tunnel(target, socket).catch((error: unknown) => {
      // The library has no more of the answer than its status.
      this.#isForbidden ||= FORBIDDEN.test(messageOf(error));
      socket.destroy();
    });
  }
}

/** Through the API server that the kubeconfig names. */
export function tunnelThrough(config: KubeConfig): Tunnel {
  return async ({ namespace, pod, port }, socket) => {
    const { PortForward } = await import('@kubernetes/client-node');
    const closed = new AbortController();
    socket.once('close', () => closed.abort());
    // All that comes here is that the port cannot be reached.
    const complaints = new PassThrough();
    complaints.once('data', () => socket.destroy());
    const forward = new PortForward(withLimits(config, closed.signal), false);
    const web = await forward.portForward(namespace, pod, [port], socket, complaints, socket);
    if (typeof web === 'function') throw new TypeError('a web socket was asked for, not one that comes back');
    // Not close(): it waits for the other side, half a minute when that says nothing.
    const end = () => web.terminate();
    if (socket.destroyed) end();
    socket.once('close', end);
    web.addEventListener('close', () => socket.destroy());
  };
}

/** The library bounds nothing; what it takes from its configuration it hands on to the web socket. */
function withLimits(config: KubeConfig, signal: AbortSignal): KubeConfig {
  const applyToHTTPSOptions: KubeConfig['applyToHTTPSOptions'] = async (options) => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, { handshakeTimeout: OPEN_MAX_MS, signal });
  };
  return Object.assign(Object.create(config) as KubeConfig, { applyToHTTPSOptions });
}

/** The library rejects with the event of a web socket, which is no Error. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
