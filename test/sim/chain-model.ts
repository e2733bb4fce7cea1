// The real state as a model for simulations: signed transfers between funded accounts of all groups, executed by the
// real machine. It checks committed totals, relay trees and balances; what a relay did inside is for the chain's own tests.

import { makeGenesis, type Network, readGenesis, supplyOf } from '@rexnet/node/chain/genesis.ts';
import { genesisHeader } from '@rexnet/node/chain/genesis-block.ts';
import { GroupState } from '@rexnet/node/chain/group-state.ts';
import { type DerivedKey, deriveKey, signer } from '@rexnet/node/chain/keys.ts';
import { signAddition } from '@rexnet/node/chain/map-update.ts';
import { networkMaps } from '@rexnet/node/chain/network-maps.ts';
import type { BlockOutcome } from '@rexnet/node/chain/ports.ts';
import { relayId } from '@rexnet/node/chain/relay.ts';
import { ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { StateCheck } from '@rexnet/node/chain/state-check.ts';
import { decodeTransaction, signTransaction, TRANSACTION_KIND } from '@rexnet/node/chain/transaction.ts';
import type { ViewParams } from '@rexnet/node/chain/view.ts';
import type { MapRules } from '@rexnet/node/consensus/map-rules.ts';
import type { ShardMap } from '@rexnet/node/consensus/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { acceptedByZip215 } from '@rexnet/node/core/ed25519.ts';
import { BODY, RECEIPT, RECEIPT_BYTES, TOTALS, type Totals } from '@rexnet/node/core/layouts.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { Machine } from '@rexnet/node/vm/machine.ts';
import type { HistoryPlan } from './history.ts';
import type { Random } from './random.ts';
import type { SimNode } from './sim-node.ts';
import {
  CheckFailed,
  chosenBlocks,
  type Executed,
  executedAt,
  type SimBase,
  type StateModel,
  shownBehind,
} from './state-model.ts';

const PARTITIONS = 16;
const USERS = 24;
const USER_AMOUNT = 1_000_000_000_000n;
const GAS_LIMIT = 40_000n;
const SEED = 1;

interface User extends DerivedKey {
  readonly group: number;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export class ChainModel implements StateModel {
  readonly params: ViewParams;
  readonly genesisHeaders: readonly Uint8Array[];
  readonly maps: MapRules;
  readonly stateParts: number = PARTITIONS;
  readonly #network: Network;
  readonly #users: readonly User[];
  readonly #machines = new WeakMap<object, Machine>();
  readonly #miner = deriveKey(SEED, 'miner').address;
  readonly #governance = deriveKey(SEED, 'governance');

  constructor(plan: HistoryPlan) {
    const keys = Array.from({ length: USERS }, (_, i) => deriveKey(SEED, `user/${i}`));
    this.#network = readGenesis(
      makeGenesis({
        chain: {
          partitions: PARTITIONS,
          blockIntervalMs: plan.blockIntervalMs,
          blockGas: 400_000n,
          difficulty: 'Floor',
          confirmations: plan.confirmations,
        },
        groups: plan.groups,
        seed: SEED,
        governance: this.#governance.publicKey,
        compilerHash: new Uint8Array(32),
        bitcoinIntervalMs: 10_000,
        accounts: keys.map(({ address }) => ({ address, amount: USER_AMOUNT })),
        constants: { checkpointEvery: 8, maxReorg: plan.maxReorg, maxQueue: plan.maxQueue },
      }),
    );
    const { firstMap } = this.#network;
    this.#users = keys.map((key) => ({
      ...key,
      group: ownerOf(firstMap, partitionOf(key.address, PARTITIONS)),
      sign: signer(key.secret),
    }));
    this.genesisHeaders = firstMap.groups.map((group) => genesisHeader(this.#network, group));
    this.maps = { ...networkMaps(this.#network, acceptedByZip215), shownBehind };
    this.params = { ...this.#network.genesis, networkId: this.#network.networkId };
  }

  addGroup(before: ShardMap): Uint8Array {
    return signAddition(before, 1, this.#network.networkId, signer(this.#governance.secret));
  }

  makeState(group: number, stored: readonly BlockOutcome[], base?: SimBase): GroupState {
    const { genesis } = this.#network;
    const machine = Machine.create({
      partitions: PARTITIONS,
      seed: new Uint8Array(32).fill(group + 1),
      maxRelays: genesis.maxRelays,
      maxStateBytes: genesis.maxStateBytes,
    });
    const check = new StateCheck(PARTITIONS, genesis.maxReorg);
    const parts = {
      network: this.#network,
      group,
      machine,
      // Histories deploy nothing: contracts are for the tests of the chain.
      compile: () => undefined,
      firstBadSignature: () => -1,
      check,
    };
    const state = new GroupState(parts, { snapshot: base?.snapshot, diffs: stored.map((outcome) => outcome.diff) });
    this.#machines.set(state, machine);
    return state;
  }

  transactions(node: SimNode, random: Random): Uint8Array[] {
    const machine = this.#machines.get(node.state);
    const mine = this.#users.filter((user) => user.group === node.group);
    if (machine === undefined || mine.length === 0) return [];
    const nonces = new Map<User, bigint>();
    return Array.from({ length: random.below(4) }, () => {
      const user = random.pick(mine);
      const nonce = nonces.get(user) ?? machine.account(user.address).nonce;
      nonces.set(user, nonce + 1n);
      return this.#transfer(user, nonce, random.pick(this.#users).address, BigInt(1 + random.below(1_000)));
    });
  }

  miner(): Uint8Array {
    return this.#miner;
  }

  /** For each pair, what the source had sent up to the reader's cursor is what the reader received; all adds up. */
  checkConservation(node: SimNode, executed: Executed): void {
    const { tree } = node.view;
    let all = 0n;
    for (const group of tree.groups) {
      const tip = tree.tip(group);
      if (tip.height === 0) {
        all += this.#genesisHeld(group);
        continue;
      }
      const totals = TOTALS.decode(executedAt(tip, executed).outcome.totals);
      all += totals.held + totals.burnt;
      for (const reader of tree.groups) {
        if (reader === group) continue;
        const readerTip = tree.tip(reader);
        const read = readerTip.cursor(group);
        const received = readerTip.height === 0 ? 0n : row(executedAt(readerTip, executed).outcome, group).received;
        const sentRead =
          read === undefined || read.height === 0 ? 0n : row(executedAt(read, executed).outcome, reader).sent;
        if (sentRead !== received) {
          throw new CheckFailed(
            'AUDIT',
            `${node.name}: ${group} sent ${sentRead} to ${reader}, which received ${received}`,
          );
        }
        all += rowOf(totals, reader).sent - received;
      }
    }
    const supply = supplyOf(this.#network.genesis);
    if (all !== supply) throw new CheckFailed('CONSERVATION', `${node.name}: ${all} instead of ${supply}`);
  }

  /** Every invocation any receipt announces has exactly one receipt, and balances are what the transactions say. */
  checkDrained(node: SimNode, executed: Executed): void {
    const { tree } = node.view;
    const seen = new Set<string>();
    const expected = new Set<string>();
    const balances = new Map(this.#users.map((user) => [toHex(user.address), USER_AMOUNT]));
    const add = (address: Uint8Array, amount: bigint) => {
      const key = toHex(address);
      balances.set(key, (balances.get(key) ?? 0n) + amount);
    };
    for (const group of tree.groups) {
      const blocks = chosenBlocks(node, group, executed);
      const { height } = tree.tip(group);
      if (blocks.length !== height)
        throw new CheckFailed('UNEXECUTED', `nobody executed ${group}:${height - blocks.length}`);
      for (const { body, outcome } of blocks) {
        for (const receipt of receiptsOf(outcome)) {
          const id = toHex(receipt.id);
          if (seen.has(id)) throw new CheckFailed('TWICE', `invocation ${id}`);
          seen.add(id);
          if (receipt.status !== 0) throw new CheckFailed('FAILED', `invocation ${id}: status ${receipt.status}`);
          for (let i = 0; i < receipt.children; i++) expected.add(toHex(relayId(receipt.id, receipt.root, i)));
        }
        for (const bytes of BODY.decode(body).transactions) this.#count(bytes, add);
      }
    }
    for (const id of expected) if (!seen.has(id)) throw new CheckFailed('LOST', `invocation ${id} has no receipt`);
    const held = new Map<string, bigint>();
    for (const group of tree.groups) {
      const tip = tree.tip(group);
      for (const other of tree.groups) {
        if (other === group || tip.height === 0) continue;
        const sent = row(executedAt(tip, executed).outcome, other).sent;
        const otherTip = tree.tip(other);
        const received = otherTip.height === 0 ? 0n : row(executedAt(otherTip, executed).outcome, group).received;
        if (sent !== received) throw new CheckFailed('IN_FLIGHT', `${sent - received} from ${group} to ${other}`);
      }
    }
    const machine = this.#machines.get(node.state);
    if (machine === undefined) return;
    node.view.unstage();
    for (const user of this.#users) {
      if (user.group === node.group) held.set(toHex(user.address), machine.account(user.address).balance);
    }
    for (const [address, balance] of held) {
      if (balances.get(address) !== balance) {
        throw new CheckFailed('BALANCE', `${address}: ${balance} instead of ${balances.get(address)}`);
      }
    }
  }

  violation(): undefined {
    return undefined;
  }

  relays(node: SimNode, executed: Executed): { executed: number; crossed: number } {
    const total = { executed: 0, crossed: 0 };
    for (const group of node.view.tree.groups) {
      for (const { outcome } of chosenBlocks(node, group, executed)) {
        for (const receipt of receiptsOf(outcome)) {
          if (receipt.kind === 0) continue;
          total.executed++;
          const from = ownerOf(this.#network.firstMap, partitionOf(receipt.counterpart, PARTITIONS));
          if (from !== group) total.crossed++;
        }
      }
    }
    return total;
  }

  #transfer(user: User, nonce: bigint, to: Uint8Array, amount: bigint): Uint8Array {
    const args = new Uint8Array(8);
    new DataView(args.buffer).setBigUint64(0, amount, true);
    const fields = {
      kind: TRANSACTION_KIND.transfer,
      sender: user.publicKey,
      nonce,
      validUntilMs: Number.MAX_SAFE_INTEGER,
      gasLimit: GAS_LIMIT,
      gasPrice: 1n,
      contract: 0n,
      op: 0,
      target: { scope: SCOPE.account, key: to },
      args,
    };
    return signTransaction(fields, this.#network.networkId, user.sign);
  }

  #count(bytes: Uint8Array, add: (address: Uint8Array, amount: bigint) => void): void {
    const transaction = decodeTransaction(bytes);
    const from = this.#users.find((u) => toHex(u.publicKey) === toHex(transaction.sender));
    if (from === undefined) throw new CheckFailed('STRANGER', 'a transaction of nobody we know');
    const { args } = transaction;
    const amount = new DataView(args.buffer, args.byteOffset, 8).getBigUint64(0, true);
    add(from.address, -amount - GAS_LIMIT);
    add(transaction.target.key, amount);
  }

  #genesisHeld(group: number): bigint {
    return BigInt(this.#users.filter((user) => user.group === group).length) * USER_AMOUNT;
  }
}

function row(outcome: BlockOutcome, group: number): { readonly sent: bigint; readonly received: bigint } {
  return rowOf(TOTALS.decode(outcome.totals), group);
}

function rowOf(totals: Totals, group: number): { readonly sent: bigint; readonly received: bigint } {
  return totals.perGroup.find((r) => r.group === group) ?? { sent: 0n, received: 0n };
}

function receiptsOf({ receipts }: BlockOutcome) {
  return Array.from({ length: receipts.length / RECEIPT_BYTES }, (_, i) =>
    RECEIPT.decode(receipts.subarray(i * RECEIPT_BYTES, (i + 1) * RECEIPT_BYTES)),
  );
}
