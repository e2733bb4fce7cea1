// The two gRPC ports of a node: users on the first, peers and miners on the second. Wires services, health, reflection, limits.
import { type ConnectionInjector, Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { Mining, Node, Peer } from '@rexnet/proto/load.ts';
import { HealthImplementation } from 'grpc-health-check';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/telemetry.ts';
import type { NodeBackend } from './backend.ts';
import { Calls } from './calls.ts';
import { type ConnectionLimits, Connections } from './connections.ts';
import { miningService } from './mining-service.ts';
import { nodeService } from './node-service.ts';
import { peerService } from './peer-service.ts';
import { REFLECTION_VERSIONS, reflectionDefinition, reflectionService } from './reflection.ts';

/** A user sends batches; a peer sends bodies and the batches they read. */
export const MAX_PUBLIC_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_PEER_MESSAGE_BYTES = 64 * 1024 * 1024;
/** What answers may have (a block with its receipts). */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_CALLS_PER_CONNECTION = 64;
/** Stopping takes no longer than this, whatever callers do. */
export const STOP_DEADLINE_MS = 1_500;

const PUBLIC_LIMITS: ConnectionLimits = { connections: 512, connectionsPerAddress: 256, callsPerSecond: 5_000 };
const PEER_LIMITS: ConnectionLimits = { connections: 512, connectionsPerAddress: 256, callsPerSecond: 2_000 };

/** The empty name is the node as a whole. */
const HEALTH_NAMES = ['', 'rexnet.v1.Node', 'rexnet.v1.Peer', 'rexnet.v1.Mining'] as const;

/** Megabytes node's HTTP/2 keeps for one connection before it refuses streams. */
const CONNECTION_MEMORY_MB = 80;

const COMMON_OPTIONS: ServerOptions = {
  'grpc.max_concurrent_streams': MAX_CALLS_PER_CONNECTION,
  'grpc.max_send_message_length': MAX_ANSWER_BYTES,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
  'grpc-node.max_session_memory': CONNECTION_MEMORY_MB,
};
const PUBLIC_OPTIONS: ServerOptions = {
  ...COMMON_OPTIONS,
  'grpc.max_receive_message_length': MAX_PUBLIC_MESSAGE_BYTES,
  // Callers dial again from time to time, so that new pods get their share.
  'grpc.max_connection_age_ms': 600_000,
  'grpc.max_connection_age_grace_ms': 30_000,
  'grpc.max_connection_idle_ms': 300_000,
};
const PEER_OPTIONS: ServerOptions = { ...COMMON_OPTIONS, 'grpc.max_receive_message_length': MAX_PEER_MESSAGE_BYTES };

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RpcDependencies {
  readonly backend: NodeBackend;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

export interface RpcServers {
  readonly grpc: Address;
  readonly peerGrpc: Address;
  /** What the health service answers; false until told otherwise. */
  setReady(ready: boolean): void;
  /** Cuts a connection, for example that of a peer that gossips forged signatures. */
  drop(connection: string, reason: string): void;
  /** Refuses new calls, ends streams, answers what can be answered, and is over within STOP_DEADLINE_MS. */
  stop(): Promise<void>;
}

class Port {
  readonly calls: Calls;
  readonly connections: Connections;
  readonly #server: Server;
  readonly #injector: ConnectionInjector;

  constructor(deps: RpcDependencies, options: ServerOptions, limits: ConnectionLimits, health: HealthImplementation) {
    this.#server = new Server(options);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.connections = new Connections({
      limits,
      accept: (socket) => this.#injector.injectConnection(socket),
      metrics: deps.metrics,
      nowMs: () => performance.now(),
    });
    this.calls = new Calls({ connections: this.connections, log: deps.log, metrics: deps.metrics });
    health.addToServer(this.#server);
  }

  get server(): Server {
    return this.#server;
  }

  async stop(): Promise<void> {
    this.connections.close();
    this.calls.stop();
    // Sends GOAWAY. Its callback says nothing about open streams under Node 24, so we wait for the connections themselves.
    this.#server.tryShutdown(() => {});
    await this.connections.emptied(STOP_DEADLINE_MS);
    this.#server.forceShutdown();
    this.connections.destroyAll();
  }
}

export async function startServers(
  deps: RpcDependencies,
  addresses: { readonly grpc: Address; readonly peerGrpc: Address },
): Promise<RpcServers> {
  const health = new HealthImplementation(Object.fromEntries(HEALTH_NAMES.map((name) => [name, 'NOT_SERVING'])));
  const setReady = (ready: boolean): void => {
    for (const name of HEALTH_NAMES) health.setStatus(name, ready ? 'SERVING' : 'NOT_SERVING');
  };
  const users = new Port(deps, PUBLIC_OPTIONS, PUBLIC_LIMITS, health);
  users.server.addService(Node.service, nodeService(deps.backend, users.calls));
  for (const version of REFLECTION_VERSIONS)
    users.server.addService(reflectionDefinition(version), reflectionService(version, users.calls));
  const peers = new Port(deps, PEER_OPTIONS, PEER_LIMITS, health);
  peers.server.addService(Peer.service, peerService(deps.backend, peers.calls));
  peers.server.addService(Mining.service, miningService(deps.backend, peers.calls));

  const grpc = await users.connections.listen(addresses.grpc);
  const peerGrpc = await peers.connections.listen(addresses.peerGrpc).catch(async (error: unknown) => {
    await users.stop();
    throw error;
  });
  return {
    grpc,
    peerGrpc,
    setReady,
    drop: (connection, reason) => {
      users.connections.drop(connection, reason);
      peers.connections.drop(connection, reason);
    },
    stop: async () => {
      setReady(false);
      await Promise.all([users.stop(), peers.stop()]);
    },
  };
}
