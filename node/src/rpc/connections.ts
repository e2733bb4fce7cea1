// The TCP side of a gRPC port: who is connected, how many, how fast they call, and dropping one. Knows no service.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Metrics } from '../telemetry/telemetry.ts';

export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly callsPerSecond: number;
}

/** A connection that has not sent a byte by then is not a gRPC client. */
const FIRST_BYTE_MS = 10_000;
/** Time for the last answer to leave before a dropped connection is cut. */
const DROP_GRACE_MS = 100;
/** So many calls over the limit in a row cost the connection. */
const MAX_CALLS_REFUSED = 2_000;

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  tokens: number;
  filledAtMs: number;
  refused: number;
}

export interface ConnectionsOptions {
  readonly limits: ConnectionLimits;
  /** Takes over an accepted socket. */
  readonly accept: (socket: Socket) => void;
  readonly metrics?: Metrics | undefined;
  readonly nowMs: () => number;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Connection>();
  readonly #perAddress = new Map<string, number>();
  readonly #server: Server;
  #onEmpty: (() => void) | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#take(socket));
    this.#server.on('error', () => {});
  }

  get size(): number {
    return this.#open.size;
  }

  listen(address: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off('error', reject);
        const bound = this.#server.address() as AddressInfo;
        resolve({ host: bound.address, port: bound.port });
      });
    });
  }

  /** No new connections from now on; open ones stay. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Resolves when the last connection is gone, or at the deadline. */
  emptied(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.size === 0) return resolve();
      const timer = setTimeout(resolve, deadlineMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  destroyAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** Cuts a connection after what has been answered is out. */
  drop(connection: string, reason: string): void {
    const found = this.#open.get(connection);
    if (found === undefined) return;
    this.#options.metrics?.rpc.connectionsRefused.inc({ reason });
    setTimeout(() => found.socket.destroy(), DROP_GRACE_MS).unref();
  }

  /** Whether this connection may make another call now; one that keeps asking is dropped. */
  admitCall(connection: string): boolean {
    const found = this.#open.get(connection);
    if (found === undefined) return true;
    const { callsPerSecond } = this.#options.limits;
    const nowMs = this.#options.nowMs();
    found.tokens = Math.min(callsPerSecond, found.tokens + ((nowMs - found.filledAtMs) / 1_000) * callsPerSecond);
    found.filledAtMs = nowMs;
    if (found.tokens >= 1) {
      found.tokens -= 1;
      found.refused = 0;
      return true;
    }
    found.refused += 1;
    if (found.refused === MAX_CALLS_REFUSED) this.drop(connection, 'calls');
    return false;
  }

  #take(socket: Socket): void {
    socket.on('error', () => {});
    const address = socket.remoteAddress;
    if (address === undefined || socket.remotePort === undefined) {
      socket.destroy();
      return;
    }
    const { limits, metrics, nowMs } = this.#options;
    const here = this.#perAddress.get(address) ?? 0;
    if (this.#open.size >= limits.connections || here >= limits.connectionsPerAddress) {
      metrics?.rpc.connectionsRefused.inc({ reason: here >= limits.connectionsPerAddress ? 'address' : 'total' });
      socket.destroy();
      return;
    }
    const name = `${address}:${socket.remotePort}`;
    this.#perAddress.set(address, here + 1);
    this.#open.set(name, { socket, address, tokens: limits.callsPerSecond, filledAtMs: nowMs(), refused: 0 });
    metrics?.rpc.connections.inc();
    const silent = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, FIRST_BYTE_MS).unref();
    socket.once('close', () => {
      clearTimeout(silent);
      this.#forget(name);
    });
    this.#options.accept(socket);
  }

  #forget(name: string): void {
    const gone = this.#open.get(name);
    if (gone === undefined) return;
    this.#open.delete(name);
    const left = (this.#perAddress.get(gone.address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(gone.address);
    else this.#perAddress.set(gone.address, left);
    if (this.#open.size === 0) this.#onEmpty?.();
    const metrics = this.#options.metrics;
    metrics?.rpc.connections.dec();
    metrics?.rpc.bytes.inc({ direction: 'in' }, gone.socket.bytesRead);
    metrics?.rpc.bytes.inc({ direction: 'out' }, gone.socket.bytesWritten);
  }
}
