// bench headers: what a node keeps in memory of a header that is old, of few groups and of many. Headers come in step, each block
// reading the one before last of every other group; the newest are left out of the count.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HeaderWorld, TEST_PARAMS } from '@rexnet/node/consensus/testing/header-world.ts';
import { WHOLE_HEADERS } from '@rexnet/node/engine/engine.ts';

const HEADERS = 20_000;
const GROUPS = [1, 4, 16] as const;
const WARM_UP_HEIGHTS = 2 * WHOLE_HEADERS;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** On disk, for all that is counted here. */
const shelf = {
  bytesOf: (): never => {
    throw new Error('nobody asks for it here');
  },
};

interface Used {
  readonly heap: number;
  readonly buffers: number;
}

function used(): Used {
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, buffers: external };
}

function grow(world: HeaderWorld, heights: number): void {
  const { tree } = world;
  for (let i = 0; i < heights; i++) {
    const tips = tree.groups.map((group) => tree.tip(group));
    const { height } = tips[0]!;
    for (const tip of tips) {
      const read = tree.groups.filter((group) => group !== tip.group).map((group) => tree.chosenAt(group, height - 1)!);
      const entry = world.mine(tip, height > 1 ? read : [], i);
      tree.choose(entry);
      entry.ancestorAt(entry.height - WHOLE_HEADERS)?.compact(shelf);
    }
  }
}

for (const groups of GROUPS) {
  const world = new HeaderWorld(groups, TEST_PARAMS);
  grow(world, WARM_UP_HEIGHTS);
  const before = used();
  const heights = Math.round(HEADERS / groups);
  grow(world, heights);
  const after = used();
  const each = (of: keyof Used): number => (after[of] - before[of]) / (heights * groups);
  const floor = world.tree.tip(0).height - WARM_UP_HEIGHTS;
  for (const group of world.tree.groups) world.tree.prune(group, floor);
  const left = (used().heap - before.heap) / (heights * groups);
  process.stdout.write(
    `${groups} groups: ${each('heap').toFixed(0)} B of heap and ${each('buffers').toFixed(0)} B of buffers a header; forgotten ${left.toFixed(0)} B\n`,
  );
}
