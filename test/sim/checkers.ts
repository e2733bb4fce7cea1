// What must hold in every history of the model: a view is a closed cut, no amount is lost in it, and after healing all
// nodes agree and every relay has run. They look at nodes and at what was executed, never into the rules.

import type { BlockOutcome } from '@rexnet/node/chain/ports.ts';
import { chooseChains, type ForkChoiceRules } from '@rexnet/node/consensus/fork-choice.ts';
import { type HeaderEntry, isAncestor } from '@rexnet/node/consensus/header-entry.ts';
import type { HeaderTree } from '@rexnet/node/consensus/header-tree.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { decodeBatch, decodeContents, type ModelContents, type ModelWorld } from './model-state.ts';
import type { SimNode } from './sim-node.ts';

export class CheckFailed extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

/** Outcomes of every block any node executed, by id. */
export type Executed = ReadonlyMap<string, BlockOutcome>;

/** Cursors of every chosen tip lie on the chosen chains: what was read is still there. */
export function checkClosedCut(node: SimNode): void {
  const { tree } = node.view;
  for (const group of tree.groups) {
    for (const [source, read] of tree.tip(group).cursors()) {
      if (!isAncestor(read, tree.tip(source))) {
        throw new CheckFailed(
          'OPEN_CUT',
          `${node.name}: group ${group} has read a block of ${source} that is not chosen`,
        );
      }
    }
  }
}

/** The incremental fork choice gives what its definition gives. */
export function checkForkChoice(node: SimNode, rules: ForkChoiceRules): void {
  const { tree } = node.view;
  for (const [group, tip] of chooseChains(tree, rules)) {
    if (tree.tip(group) !== tip) throw new CheckFailed('FORK_CHOICE', `${node.name} follows another block of ${group}`);
  }
}

/** Balances, queues and what is between the groups add up on one node's view. */
export function checkConservation(
  node: SimNode,
  world: ModelWorld,
  executed: Executed,
  genesis: ModelContents[],
): void {
  const { tree } = node.view;
  const initial = world.groups * world.accountsPerGroup * world.initialBalance;
  let held = 0;
  for (const group of tree.groups) {
    const contents = contentsAt(tree.tip(group), executed, genesis);
    held += sum(Object.values(contents.balances)) + sum(contents.queue.map((r) => r.amount));
    for (const reader of tree.groups) if (reader !== group) held += inFlight(tree, group, reader, executed);
  }
  if (held !== initial) throw new CheckFailed('CONSERVATION', `${node.name}: ${held} instead of ${initial}`);
}

function inFlight(tree: HeaderTree, source: number, reader: number, executed: Executed): number {
  const read = tree.tip(reader).cursor(source)!;
  let amount = 0;
  for (
    let entry: HeaderEntry | undefined = tree.tip(source);
    entry !== undefined && entry !== read;
    entry = entry.parent
  ) {
    const leaf = outcomeOf(entry, executed).outbox.find((o) => o.group === reader)?.leaf;
    if (leaf !== undefined) amount += sum(decodeBatch(leaf).relays.map((r) => r.amount));
  }
  return amount;
}

/** After healing and with mining stopped. */
export function checkAgreement(nodes: readonly SimNode[]): void {
  const first = nodes[0]!;
  for (const node of nodes) {
    for (const group of first.view.tree.groups) {
      const [a, b] = [first.view.tree.tip(group), node.view.tree.tip(group)];
      if (a.key !== b.key) {
        throw new CheckFailed(
          'AGREEMENT',
          `${first.name} and ${node.name}: group ${group} at ${a.height} and ${b.height}`,
        );
      }
    }
    const { tip, tree } = node.view;
    if (tip !== tree.tip(node.group)) throw new CheckFailed('STUCK', `${node.name} stands at ${tip.height}`);
    if (toHex(tip.header.stateRoot) !== toHex(rootOf(node))) throw new CheckFailed('STATE', `${node.name}`);
  }
}

function rootOf(node: SimNode): Uint8Array {
  const state = node.state;
  if (state === undefined || state.root === undefined) return node.view.tip.header.stateRoot;
  node.view.unstage();
  return node.view.tip.height === 0 ? node.view.tip.header.stateRoot : state.root();
}

/** Every relay sent has been executed once, and every group knows the newest global version. */
export function checkDrained(node: SimNode, executed: Executed, genesis: ModelContents[]): void {
  const { tree } = node.view;
  const sent: Record<string, number> = {};
  const done: Record<string, number> = {};
  const versions = new Set<number>();
  for (const group of tree.groups) {
    const contents = contentsAt(tree.tip(group), executed, genesis);
    if (contents.queue.length > 0)
      throw new CheckFailed('NOT_DRAINED', `group ${group} has ${contents.queue.length} queued`);
    Object.assign(sent, contents.sent);
    Object.assign(done, contents.executed);
    versions.add(contents.version);
  }
  for (const [pair, count] of Object.entries(sent)) {
    if (done[pair] !== count) throw new CheckFailed('LOST', `${pair}: sent ${count}, executed ${done[pair] ?? 0}`);
  }
  if (versions.size > 1) throw new CheckFailed('REPLICA', `versions ${[...versions].join(', ')}`);
}

function contentsAt(entry: HeaderEntry, executed: Executed, genesis: ModelContents[]): ModelContents {
  return entry.height === 0 ? genesis[entry.group]! : decodeContents(outcomeOf(entry, executed).diff);
}

function outcomeOf(entry: HeaderEntry, executed: Executed): BlockOutcome {
  const outcome = executed.get(entry.key);
  if (outcome === undefined) throw new CheckFailed('UNEXECUTED', `nobody executed ${entry.group}:${entry.height}`);
  return outcome;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
