// Ports of pods as addresses of this machine, through the API server, as kubectl port-forward makes them. For people's tools: no
// controller needs it. Connections are made when somebody connects, so a pod may come later or go.
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

export class PortForwards {
  readonly #tunnel: Tunnel;
  readonly #servers = new Map<string, Promise<Server>>();
  readonly #sockets = new Set<Socket>();

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
    this.#tunnel(target, socket).catch(() => socket.destroy());
  }
}

/** Through the API server that the kubeconfig names. */
export function tunnelThrough(config: KubeConfig): Tunnel {
  return async ({ namespace, pod, port }, socket) => {
    const { PortForward } = await import('@kubernetes/client-node');
    // All that comes here is that the port cannot be reached.
    const complaints = new PassThrough();
    complaints.once('data', () => socket.destroy());
    const web = await new PortForward(config, false).portForward(namespace, pod, [port], socket, complaints, socket);
    if (typeof web === 'function') throw new TypeError('a web socket was asked for, not one that comes back');
    if (socket.destroyed) web.close();
    socket.once('close', () => web.close());
    web.addEventListener('close', () => socket.destroy());
  };
}
