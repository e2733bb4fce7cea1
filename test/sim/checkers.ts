// What must hold in every history, whatever state the groups run: a view is a closed cut, the fork choice is what its
// definition says, and after healing all nodes agree. They look at nodes from outside.
import { chooseChains, type ForkChoiceRules } from '@rexnet/node/consensus/fork-choice.ts';
import { isAncestor } from '@rexnet/node/consensus/header-entry.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { SimNode } from './sim-node.ts';
import { CheckFailed } from './state-model.ts';

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
    node.view.unstage();
    if (toHex(tip.header.stateRoot) !== toHex(node.state.stateRoot)) throw new CheckFailed('STATE', `${node.name}`);
  }
}
