// Binds the network port to the client: hex and text on this side, bytes on the other. It keeps no state but open channels.
import { setTimeout as delay } from 'node:timers/promises';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { senderOf, validUntilMsOf } from '@rexnet/node/chain/transaction.ts';
import { type Action as ClientAction, unsignedTransaction } from '@rexnet/node/client/build.ts';
import { Connection, type Endpoints } from '@rexnet/node/client/connection.ts';
import { outcomeOf } from '@rexnet/node/client/outcomes.ts';
import { Sender } from '@rexnet/node/client/send.ts';
import { lookAt, type Origin } from '@rexnet/node/client/watch.ts';
import { fromHex, toHex } from '@rexnet/node/core/bytes.ts';
import { SCOPE, type ScopeName } from '@rexnet/node/core/scopes.ts';
import type { Abi } from '@rexnet/preda/index.ts';
import { auditNetwork } from './adapter-audit.ts';
import { blockReport } from './adapter-block.ts';
import { transactionReport } from './adapter-transaction.ts';
import { CliError, EXIT } from './exit.ts';
import type {
  Account,
  Action,
  AuditReport,
  BlockReport,
  DeployedContract,
  FeeReport,
  Network,
  NodeAnswer,
  ReadResult,
  Signer,
  SubmitOptions,
  TransactionReport,
} from './network.ts';
import type { NetworkPlace, NodeAddress, NodeTable } from './network-place.ts';

/** A node that says nothing for so long is shown as silent. */
const ASK_MAX_MS = 1_500;
const FAUCET_GROUP = 0;

/** Opens channels when they are first used: a network that is only starting can be opened too. */
export async function openNetwork(place: NetworkPlace): Promise<Network> {
  return new ClientNetwork(place);
}

class ClientNetwork implements Network {
  readonly #place: NetworkPlace;
  readonly #nodes = new Map<string, Promise<Connection>>();
  readonly #senders = new Map<string, Sender>();
  readonly #origins = new Map<string, Origin>();
  readonly #closed = new AbortController();
  /** Questions under way, by node. */
  readonly #asked = new Map<string, Promise<NodeAnswer | undefined>>();
  /** Nodes that did not answer the last one. */
  readonly #silent = new Set<string>();
  #all: Promise<Connection> | undefined;
  /** The nodes that `#all` knows. */
  #known: NodeTable;

  constructor(place: NetworkPlace) {
    this.#place = place;
    this.#known = place.nodes();
  }

  async ask(node: string): Promise<NodeAnswer | undefined> {
    const asked = this.#asked.get(node) ?? this.#askOne(node).catch(() => undefined);
    this.#asked.set(node, asked);
    void asked.finally(() => this.#asked.delete(node));
    // Who was silent holds up no look as long again; his answer counts whenever it comes.
    const maxMs = this.#silent.has(node) ? ASK_MAX_MS : (this.#place.answerMaxMs ?? ASK_MAX_MS);
    const answer = await Promise.race([asked, delay(maxMs, undefined, { ref: false })]);
    if (answer === undefined) this.#silent.add(node);
    else this.#silent.delete(node);
    return answer;
  }

  async account(address: Uint8Array): Promise<Account> {
    const connection = await this.#connect();
    const { balance, nonce, partition, group, height } = await translate(
      connection.askOwner(address, (node) => node.getAccount(address)),
    );
    return { balanceMsat: balance, nonce, partition, group, height };
  }

  async contract(reference: string): Promise<DeployedContract | undefined> {
    const connection = await this.#connect();
    const wanted = /^[0-9]+$/.test(reference) ? { id: BigInt(reference) } : { name: reference };
    try {
      const { id, name, source, abi, codeHash } = await connection.ask(FAUCET_GROUP, (node) =>
        node.getContract(wanted),
      );
      return { id, name, source, abi: JSON.parse(abi) as Abi, codeHash: toHex(codeHash) };
    } catch (error) {
      if (codeOf(error) === 'UNKNOWN_CONTRACT') return undefined;
      throw translated(error);
    }
  }

  async read(
    { contract, op, target, args }: Extract<Action, { readonly kind: 'call' }>,
    caller: Uint8Array,
  ): Promise<ReadResult> {
    const connection = await this.#connect();
    const scope = scopeNumber(target.scope);
    const request = { contract, op, scope, key: target.key, args, sender: caller, gas: connection.network.userGas };
    const group =
      scope === SCOPE.global
        ? FAUCET_GROUP
        : scope === SCOPE.shard
          ? (connection.owners[new DataView(target.key.slice().buffer).getUint32(0, true)] ?? 0)
          : connection.ownerOf(target.key);
    const { status, exception, value, gas, height } = await translate(
      connection.ask(group, (node) => node.call(request)),
    );
    return { status, outcome: outcomeOf(status, exception), value, gas, height };
  }

  async estimate(action: Action, signer: Signer): Promise<FeeReport> {
    const connection = await this.#connect();
    const { networkId, gasPriceFloor, userGas } = connection.network;
    if (action.kind === 'deploy') {
      const gas = deployGas(action.source, connection);
      return { gas, gasPriceMsat: gasPriceFloor, feeMsat: gas * gasPriceFloor, status: 0, outcome: outcomeOf(0, 0) };
    }
    const envelope = { nonce: 0n, gasPrice: gasPriceFloor, validUntilMs: Date.now(), gasLimit: userGas };
    const bytes = unsignedTransaction(toClient(action), envelope, networkId, signer.publicKey);
    const { gas, gasPrice, fee, status, exception } = await translate(
      connection.askOwner(signer.address, (node) => node.estimateFee(bytes)),
    );
    return { gas, gasPriceMsat: gasPrice, feeMsat: fee, status, outcome: outcomeOf(status, exception) };
  }

  async submit(action: Action, signer: Signer, { gasLimit, gasPriceMsat, validForMs }: SubmitOptions): Promise<string> {
    const connection = await this.#connect();
    const key = toHex(signer.publicKey);
    const sender = this.#senders.get(key) ?? new Sender(connection, signer);
    this.#senders.set(key, sender);
    const limit = gasLimit ?? (action.kind === 'deploy' ? deployGas(action.source, connection) : undefined);
    const sent = await translate(
      sender.send(toClient(action), {
        validForMs,
        ...(limit === undefined ? {} : { gasLimit: limit }),
        ...(gasPriceMsat === undefined ? {} : { gasPrice: gasPriceMsat }),
      }),
    );
    const id = toHex(sent.id);
    this.#origins.set(id, { validUntilMs: sent.validUntilMs, sender: signer.address });
    return id;
  }

  async transaction(id: string): Promise<TransactionReport | undefined> {
    const connection = await this.#connect();
    const sight = await translate(lookAt(connection, fromHex(id), this.#origins.get(id)));
    const { view, tree, bytes, groups } = sight;
    if (bytes.length > 0) this.#origins.set(id, { validUntilMs: validUntilMsOf(bytes), sender: senderOf(bytes) });
    if (view.state !== 'Expired' && tree.ran === 0 && groups.every(({ place }) => place === 'unknown'))
      return undefined;
    return transactionReport(connection, id, sight, Date.now());
  }

  async block(group: number, which: 'tip' | number | string): Promise<BlockReport | undefined> {
    const connection = await this.#connect();
    const groups = this.#place.nodes();
    if (!groups.has(group))
      throw new CliError(EXIT.usage, `there is no group ${group}`, `groups are 0 to ${groups.size - 1}`);
    try {
      const view = await connection.ask(group, async (node) => {
        if (which === 'tip') return node.getBlock({ id: (await node.status()).tip.id });
        return node.getBlock(typeof which === 'number' ? { height: which } : { id: fromHex(which) });
      });
      return blockReport(view);
    } catch (error) {
      if (codeOf(error) === 'NOT_FOUND') return undefined;
      throw translated(error);
    }
  }

  async faucet(
    address: Uint8Array,
    amountMsat: bigint | undefined,
  ): Promise<{ readonly id: string; readonly amountMsat: bigint }> {
    const connection = await this.#connect();
    const { transactionId, amount } = await translate(
      connection.askFrom(FAUCET_GROUP, (node) => node.faucet(address, amountMsat ?? 'default')),
    );
    return { id: toHex(transactionId), amountMsat: amount };
  }

  async audit(): Promise<AuditReport> {
    const { genesis } = readGenesis(this.#place.genesis());
    return translate(
      auditNetwork(
        await this.#connect(),
        [...this.#place.nodes().keys()].sort((a, b) => a - b),
        genesis,
      ),
    );
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const sender of this.#senders.values()) sender.close();
    // What is still being opened is not waited for: it gives up by itself, or is closed when it is there.
    for (const open of [...this.#nodes.values(), ...(this.#all === undefined ? [] : [this.#all])])
      open.then(
        (connection) => connection.close(),
        () => undefined,
      );
  }

  async #askOne(name: string): Promise<NodeAnswer | undefined> {
    const found = [...this.#place.nodes().values()].flat().find(({ node }) => node === name);
    if (found === undefined) return undefined;
    const connection = await this.#connectTo(found);
    const status = await connection.refresh({ patienceMs: 0 });
    return {
      node: name,
      group: status.group,
      networkId: toHex(status.network.networkId),
      version: status.version,
      height: status.tip.height,
      tipId: toHex(status.tip.id),
      tipTimestampMs: status.tip.timestampMs,
      stateRoot: toHex(status.stateRoot),
      epoch: status.epoch,
      inSync: status.inSync,
      pool: status.poolTransactions,
      queuedRelays: status.queuedRelays,
      peers: status.peers,
      partitions: status.network.partitions,
      hasFaucet: status.faucet,
      bitcoinHeight: status.bitcoinHeight,
      parents: status.parents,
      conditions: status.conditions,
    };
  }

  /** All groups, opened once; forgotten when it fails, so that the next question tries again. */
  async #connect(): Promise<Connection> {
    const nodes = this.#place.nodes();
    this.#all ??= Connection.open(endpointsOf(nodes), { signal: this.#closed.signal }).catch((error: unknown) => {
      this.#all = undefined;
      throw translated(error);
    });
    const connection = await this.#all;
    if (nodes !== this.#known) connection.setEndpoints(endpointsOf(nodes));
    this.#known = nodes;
    return connection;
  }

  /** One node alone: what it says must not be another's answer. */
  #connectTo({ node, grpc }: NodeAddress): Promise<Connection> {
    let open = this.#nodes.get(node);
    if (open === undefined) {
      const endpoints: Endpoints = new Map([[FAUCET_GROUP, [grpc]]]);
      open = Connection.open(endpoints, { patienceMs: 0 }).catch((error: unknown) => {
        this.#nodes.delete(node);
        throw translated(error);
      });
      this.#nodes.set(node, open);
    }
    return open;
  }
}

function endpointsOf(nodes: NodeTable): Endpoints {
  return new Map([...nodes].map(([group, members]) => [group, members.map(({ grpc }) => grpc)]));
}

/**
 * What a deployment takes is known only in group 0, by those who hold the registry: it may have half of what a block gives to
 * users, and all of it when the contract can broadcast, which takes gas for every partition.
 */
function deployGas(source: string, { network: { userGas } }: Connection): bigint {
  return /\brelay\s*@\s*shards\b/.test(source) ? userGas : userGas / 2n;
}

function toClient(action: Action): ClientAction {
  switch (action.kind) {
    case 'transfer':
      return { kind: 'transfer', to: action.to, amount: action.amountMsat };
    case 'call':
      return { ...action, target: { scope: scopeNumber(action.target.scope), key: action.target.key } };
    case 'deploy':
      return action;
  }
}

function scopeNumber(name: string): number {
  return SCOPE[name as ScopeName];
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const SILENT_CODES = ['UNREACHABLE', 'DEADLINE', 'STOPPING', 'NOT_READY', 'BUSY'];

async function translate<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}

/** What a node refuses is an error of the caller, silence is a network that cannot be reached. */
function translated(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof CliError || !(error instanceof Error)) return error;
  if (SILENT_CODES.includes(code))
    return new CliError(
      EXIT.notReachable,
      `the network does not answer: ${error.message}`,
      'rxctl status says what is missing',
      { cause: error },
    );
  return new CliError(
    EXIT.error,
    `refused: ${error.message.startsWith(code) ? error.message : `${code}: ${error.message}`}`,
    undefined,
    { cause: error },
  );
}
