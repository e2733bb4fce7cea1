import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relayId } from '../chain/relay.ts';
import { toHex } from '../core/bytes.ts';
import { isFinal, type Ran, RelayTree, type TransactionState } from './tree.ts';

const ROOT = new Uint8Array(32).fill(9);
const GROUPS = 4;

interface Shape {
  readonly children: readonly Shape[];
  readonly failed: boolean;
  readonly group: number;
}
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('shape'), { maxLength: 3 })),
    failed: fc.boolean(),
    group: fc.nat(GROUPS - 1),
  }),
}));

/** Receipts of a tree, parents before children; what failed has no children, as an invocation is atomic. */
function receiptsOf(root: Shape): Ran[] {
  const out: Ran[] = [];
  let level: { shape: Shape; id: Uint8Array; height: number }[] = [{ shape: root, id: ROOT, height: 10 }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { shape: one, id, height } of level) {
      const children = one.failed ? [] : one.children;
      out.push({
        id: toHex(id),
        group: one.group,
        height,
        status: one.failed ? 4 : 0,
        exception: 30,
        children: children.length,
        gas: 7n,
        contract: 1n,
        op: 0,
      });
      for (const [i, child] of children.entries())
        next.push({ shape: child, id: relayId(id, ROOT, i), height: height + 3 });
    }
    level = next;
  }
  return out;
}

function expected(receipts: readonly Ran[]): TransactionState {
  if (receipts[0]!.status !== 0) return 'Failed';
  return receipts.some(({ status }) => status !== 0) ? 'CompletedWithFailures' : 'Completed';
}

test('a tree is final exactly when all its receipts are there, in whatever order and however often they come', () => {
  fc.assert(
    fc.property(shape, fc.infiniteStream(fc.nat()), (root, random) => {
      const receipts = receiptsOf(root);
      const order = receipts.flatMap((receipt) => [receipt, receipt]);
      for (let i = order.length - 1; i > 0; i--) {
        const j = (random.next().value ?? 0) % (i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      const tree = new RelayTree(ROOT);
      const seen = new Set<string>();
      for (const receipt of order) {
        tree.add(receipt);
        seen.add(receipt.id);
        const view = tree.view(2, () => 1_000);
        expect(view.ran).toBe(seen.size);
        expect(isFinal(view.state)).toBe(seen.size === receipts.length);
      }
      const view = tree.view(2, () => 1_000);
      expect(view.state).toBe(expected(receipts));
      expect(view.gas).toBe(7n * BigInt(receipts.length));
      expect(view.firstFailure?.id).toBe(receipts.find(({ status }) => status !== 0)?.id);
    }),
    { numRuns: 300 },
  );
});

test('confirmations count per group, and a reorganisation takes receipts back', () => {
  fc.assert(
    fc.property(shape, fc.nat(GROUPS - 1), fc.integer({ min: 9, max: 40 }), (root, group, height) => {
      const receipts = receiptsOf(root);
      const tree = new RelayTree(ROOT);
      for (const receipt of receipts) tree.add(receipt);
      const deepest = Math.max(...receipts.map((receipt) => receipt.height));
      expect(tree.view(2, () => deepest + 1).state).toBe('Executed');
      tree.undo(group, height);
      const left = receipts.filter((receipt) => receipt.group !== group || receipt.height <= height);
      expect(tree.ran).toBe(left.length);
      expect(isFinal(tree.view(2, () => 1_000).state)).toBe(left.length === receipts.length);
      for (const receipt of receipts) tree.add(receipt);
      expect(tree.view(2, () => 1_000).state).toBe(expected(receipts));
    }),
    { numRuns: 200 },
  );
});

test('the states on the way', () => {
  const one: Shape = { children: [], failed: false, group: 1 };
  const receipts = receiptsOf({ children: [one, { ...one, children: [one] }], failed: false, group: 0 });
  const tree = new RelayTree(ROOT);
  const states = [tree.view(2, () => 99).state];
  for (const receipt of receipts) {
    tree.add(receipt);
    states.push(tree.view(2, () => 99).state);
  }
  expect(states).toEqual(['Pending', 'Included', 'Running', 'Running', 'Completed']);
  expect(tree.view(2, (group) => (group === 0 ? 99 : 17)).state).toBe('Executed');
});
