// A network in memory for tests of rxctl: it keeps what it is told, answers at once and can be made to fail.
import type { Abi } from '@rexnet/preda/index.ts';
import { compile } from '@rexnet/preda/index.ts';
import type { Folders } from '../local/folders.ts';
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
  TransactionReport,
} from '../network.ts';
import { heightOf } from './fake-programs.ts';

const ID = 'ab'.repeat(32);
/** A transaction that never ends. */
export const RUNNING_ID = 'cd'.repeat(32);

export class FakeNetwork implements Network {
  readonly sent: { readonly action: Action; readonly from: string }[] = [];
  readonly #folders: Folders | undefined;
  readonly #contracts = new Map<string, DeployedContract>();
  audited: AuditReport = {
    clean: true,
    problems: [],
    cut: [{ group: 0, height: 3 }],
    supplyMsat: 100n,
    heldMsat: 90n,
    burntMsat: 10n,
    inFlightMsat: 0n,
  };
  outcome: Pick<TransactionReport, 'state' | 'failure'> = { state: 'Completed' };
  readResult: Uint8Array = new Uint8Array();
  /** What the next questions for a transaction are answered, one after the other; the last one stays. */
  reports: TransactionReport[] = [];
  fee: FeeReport = { gas: 29_000n, gasPriceMsat: 1n, feeMsat: 29_000n, status: 0, outcome: 'Success' };

  constructor(folders?: Folders) {
    this.#folders = folders;
  }

  async ask(node: string): Promise<NodeAnswer | undefined> {
    const height = this.#folders === undefined ? 7 : heightOf(this.#folders.node(node));
    return {
      node,
      group: Number(node.slice(1).split('-')[0]),
      networkId: ID.slice(0, 8),
      version: 'fake/1',
      height,
      tipId: ID,
      tipTimestampMs: Date.now(),
      stateRoot: ID,
      epoch: 0,
      inSync: true,
      pool: 0,
      queuedRelays: 0,
      peers: 3,
      partitions: 256,
      hasFaucet: node === 'g0-n0',
      bitcoinHeight: 101,
      parents: { onChain: 1, orphan: 2, premature: 3 },
      conditions: [],
    };
  }

  async account(_address: Uint8Array): Promise<Account> {
    return { balanceMsat: 12_000_000n, nonce: 4n, partition: 17, group: 0, height: 7 };
  }

  async contract(reference: string): Promise<DeployedContract | undefined> {
    return this.#contracts.get(reference);
  }

  async read(_call: Action, _caller: Uint8Array): Promise<ReadResult> {
    return { status: 0, outcome: 'Success', value: this.readResult, gas: 21n, height: 7 };
  }

  async estimate(): Promise<FeeReport> {
    return this.fee;
  }

  async submit(action: Action, signer: Signer): Promise<string> {
    this.sent.push({ action, from: signer.name });
    if (action.kind === 'deploy') this.install(action.dapp, action.source);
    return ID;
  }

  async transaction(id: string): Promise<TransactionReport | undefined> {
    const [scripted] = this.reports.length > 1 ? this.reports.splice(0, 1) : this.reports;
    if (scripted !== undefined) return scripted;
    const invocation = {
      id,
      group: 0,
      height: 5,
      contract: 1n,
      op: 0,
      status: 0,
      outcome: 'Success',
      gas: 29_000n,
      children: 0,
    };
    const seen = { id, group: 0, height: 5, done: 1, invocations: [invocation] };
    return id === RUNNING_ID ? { ...seen, state: 'Running', total: 2 } : { ...seen, ...this.outcome, total: 1 };
  }

  async block(group: number, which: 'tip' | number | string): Promise<BlockReport | undefined> {
    if (which === 99) return undefined;
    return {
      id: ID,
      group,
      height: which === 'tip' ? 7 : Number(which),
      parentId: ID,
      timestampMs: 1_000,
      epoch: 0,
      stateRoot: ID,
      reads: [{ group: 1, height: 4, id: ID }],
      transactions: [ID],
      receipts: 2,
      gas: 58_000n,
    };
  }

  async faucet(
    _address: Uint8Array,
    amountMsat: bigint | undefined,
  ): Promise<{ readonly id: string; readonly amountMsat: bigint }> {
    return { id: ID, amountMsat: amountMsat ?? 100_000_000n };
  }

  async audit(): Promise<AuditReport> {
    return this.audited;
  }

  async close(): Promise<void> {
    return undefined;
  }

  /** As if somebody had deployed it. */
  install(dapp: string, source: string): Abi {
    const compiled = compile(source);
    if (!compiled.ok) throw new Error('the fake network deploys only what compiles');
    const name = `${dapp}.${compiled.abi.contract}`;
    this.#contracts.set(name, {
      id: BigInt(this.#contracts.size + 1),
      name,
      source,
      abi: compiled.abi,
      codeHash: compiled.codeHash,
    });
    return compiled.abi;
  }
}
