// Replays the stored diffs along every stored branch and holds what they lead to against headers, batches and receipts.

import type { Base } from './base.ts';
import { FormatError, isZero, same } from './bytes.ts';
import { entriesOf, GLOBAL, REPLICA } from './cells.ts';
import type { CheckedBlock } from './check-blocks.ts';
import { foldDiff, repairDiff, repairReplica, slotOf } from './diff-repair.ts';
import { decodeSystem, decodeTotals, type System } from './layouts.ts';
import { foldAccumulator, type Network, ownerOf, stateRoot } from './network.ts';
import { ParentChain } from './parent-chain.ts';
import { checkDeltas } from './replay-deltas.ts';
import { checkMoney, checkNonces, checkRelays } from './replay-flows.ts';
import { checkSystem } from './replay-system.ts';
import { checkUndo } from './replay-undo.ts';
import type { CheckName, Findings } from './report.ts';
import type { Step } from './step.ts';
import { type BlockDiff, decodeBlockDiff } from './stored-layouts.ts';
import { bitcoinHeadersIn, type Replaced, type Standing, World } from './world.ts';

/** Everything that cannot be said of a block whose state is not known. */
const STATE_CHECKS = ['state', 'system', 'money', 'nonces', 'relays'] as const satisfies readonly CheckName[];

interface Frame {
  readonly block: CheckedBlock;
  readonly replaced: readonly Replaced[];
  readonly standing: Standing;
  next: number;
}

/** Called with the world as it stands after a block. */
export type AtBlock = (block: CheckedBlock, world: World) => void;

/** `base`: a state that came from a peer; what stands on it is replayed from there, the rest from genesis. */
export function replay(
  network: Network,
  group: number,
  blocks: readonly CheckedBlock[],
  findings: Findings,
  atBlock: AtBlock,
  base?: Base,
): void {
  const ids = new Set(blocks.map(({ entry }) => entry.id));
  for (const { entry } of blocks) {
    const { height, id } = entry.parent!;
    const hasParent = height === 0 || ids.has(id) || base?.id === id;
    if (!hasParent) findings.wrong('state', entry.place, 'its parent was not executed here');
  }
  const genesis = blocks.find(({ entry }) => entry.parent!.height === 0)?.entry.parent;
  if (genesis !== undefined) {
    const world = new World(network, group, { birth: genesis.birth });
    new Replay(network, group, blocks, findings, atBlock, world).run(genesis.id);
  }
  if (base !== undefined) {
    const world = new World(network, group, { base: base.snapshot });
    new Replay(network, group, blocks, findings, atBlock, world).run(base.id);
  }
}

class Replay {
  readonly #network: Network;
  readonly #group: number;
  readonly #findings: Findings;
  readonly #atBlock: AtBlock;
  readonly #world: World;
  readonly #parents: ParentChain;
  readonly #above = new Map<string, CheckedBlock[]>();

  constructor(
    network: Network,
    group: number,
    blocks: readonly CheckedBlock[],
    findings: Findings,
    atBlock: AtBlock,
    world: World,
  ) {
    this.#network = network;
    this.#group = group;
    this.#findings = findings;
    this.#atBlock = atBlock;
    this.#world = world;
    this.#parents = new ParentChain(network.genesis, bitcoinHeadersIn(entriesOf(world.cellBytes(GLOBAL))));
    for (const block of blocks) {
      const parent = block.entry.parent!.id;
      this.#above.set(parent, [...(this.#above.get(parent) ?? []), block]);
    }
  }

  /** Depth first without recursion: a chain may have thousands of blocks. */
  run(from: string): void {
    const path: Frame[] = [];
    let waiting = this.#above.get(from) ?? [];
    let at = 0;
    for (;;) {
      const block = waiting[at];
      if (block === undefined) {
        const left = path.pop();
        if (left === undefined) return;
        this.#leave(left);
        waiting = this.#above.get(left.block.entry.parent!.id)!;
        at = left.next;
        continue;
      }
      const standing = this.#world.standing;
      const replaced = this.#enter(block);
      if (replaced === undefined) {
        this.#skipAbove(block);
        at++;
        continue;
      }
      path.push({ block, replaced, standing, next: at + 1 });
      waiting = this.#above.get(block.entry.id) ?? [];
      at = 0;
    }
  }

  #leave({ replaced, standing }: Frame): void {
    this.#world.revert(replaced);
    this.#world.standing = standing;
    this.#parents.truncate(this.#world.recorded);
  }

  /** Undefined: what the block did is not known, so nothing above it can be judged. */
  #enter(block: CheckedBlock): Replaced[] | undefined {
    const { standing: before } = this.#world;
    const diff = this.#diffOf(block, before);
    const system = diff === undefined ? undefined : this.#systemOf(block, diff);
    if (diff === undefined || system === undefined) return undefined;
    const waitingBefore = this.#world.waitingCount;
    let replaced: Replaced[];
    try {
      replaced = this.#world.apply(diff);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#findings.wrong(
        'state',
        { ...block.entry.place, table: 'diffs' },
        `its cells cannot be read: ${error.message}`,
      );
      return undefined;
    }
    const checkpoint = this.#checkpointOf(block, diff, before);
    const accumulators = foldDiff(before.accumulators, diff);
    this.#world.standing = { accumulators, system, systemBytes: diff.system, checkpoint };
    this.#judge(
      {
        network: this.#network,
        group: this.#group,
        block,
        diff,
        before,
        system,
        waitingBefore,
        findings: this.#findings,
      },
      replaced,
    );
    this.#atBlock(block, this.#world);
    return replaced;
  }

  /** A damaged header does not say what its block had to do. */
  #judge(step: Step, replaced: readonly Replaced[]): void {
    if (step.block.entry.isDamaged) return;
    checkSystem(step, replaced);
    checkMoney(step, this.#world);
    checkNonces(step, this.#world, replaced);
    checkRelays(step, this.#world, replaced);
    checkDeltas(step, this.#world, replaced);
    this.#parents.check(step, this.#world.recorded);
    checkUndo(step, replaced, this.#world.recorded);
  }

  /** The diff that leads to the header's state root, with a flipped bit put right. */
  #diffOf({ entry, stored }: CheckedBlock, before: Standing): BlockDiff | undefined {
    const bytes = stored.diff;
    if (bytes === undefined) return undefined;
    const place = { ...entry.place, table: 'diffs' };
    const root = entry.header.stateRoot;
    const diff = this.#decoded(bytes);
    if (diff !== undefined && diff.height === entry.height && this.#isHeld(diff)) {
      const isRight = same(stateRoot(foldDiff(before.accumulators, diff), diff.system), root);
      if (isRight || entry.isDamaged) {
        // Of a damaged header the next one tells: its state rests on this one's.
        this.#findings.compare('state', isRight, entry.isDamaged, place, 'state root differs from the header');
        return this.#withReplica(entry.height, diff, before, place);
      }
    }
    const heightOnly =
      diff !== undefined && diff.height !== entry.height ? { ...diff, height: entry.height } : undefined;
    if (
      heightOnly !== undefined &&
      same(stateRoot(foldDiff(before.accumulators, heightOnly), heightOnly.system), root)
    ) {
      this.#findings.wrong('state', place, `the diff says it is of height ${diff?.height}`);
      return heightOnly;
    }
    const repaired = repairDiff(bytes, entry.height, before.accumulators, root);
    this.#findings.wrong(
      'state',
      place,
      `state root differs from the header${repaired === undefined ? '' : `: ${repaired.what}`}`,
    );
    return repaired?.diff;
  }

  /** Replica cells are committed by the system, not by an accumulator of their own in the tree. */
  #withReplica(height: number, diff: BlockDiff, before: Standing, place: object): BlockDiff {
    const index = diff.parts.findIndex(({ partition }) => partition === REPLICA);
    const part = diff.parts[index];
    const system = this.#systemIn(diff);
    if (part === undefined || system === undefined) return diff;
    if (same(foldAccumulator(before.system.replica, height, part.cells), system.replica)) return diff;
    const cells = repairReplica(part.cells, height, before.system.replica, system.replica);
    this.#findings.wrong('state', place, 'the cells of the global replica are not what its accumulator commits');
    return cells === undefined ? diff : { ...diff, parts: diff.parts.with(index, { ...part, cells }) };
  }

  #decoded(bytes: Uint8Array): BlockDiff | undefined {
    try {
      return decodeBlockDiff(bytes);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Only partitions held here change, in ascending order. */
  #isHeld({ parts }: BlockDiff): boolean {
    const slots = this.#network.genesis.partitions + 1;
    return parts.every(({ partition }, i) => {
      const follows = i === 0 || parts[i - 1]!.partition < partition;
      const isOurs = slotOf(partition, slots) !== undefined && ownerOf(this.#network, partition) === this.#group;
      return follows && (partition === REPLICA || isOurs);
    });
  }

  #systemIn(diff: BlockDiff): System | undefined {
    try {
      return decodeSystem(diff.system);
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** System of a block; its totals are stored a second time by themselves. */
  #systemOf({ entry, stored }: CheckedBlock, diff: BlockDiff): System | undefined {
    const system = this.#systemIn(diff);
    if (system === undefined) {
      this.#findings.wrong('system', { ...entry.place, table: 'diffs' }, 'its system cannot be read');
      return undefined;
    }
    if (stored.totals !== undefined) {
      const tail = diff.system.subarray(diff.system.length - stored.totals.length);
      const place = { ...entry.place, table: 'totals' };
      const isSame = same(tail, stored.totals) && this.#isTotals(stored.totals);
      this.#findings.test('money', isSame, place, 'the totals stored differ from those the state root commits');
    }
    return system;
  }

  #isTotals(bytes: Uint8Array): boolean {
    try {
      decodeTotals(bytes);
      return true;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  }

  /** Root of the newest checkpoint after a block; the header of the next one shows it. */
  #checkpointOf({ entry }: CheckedBlock, diff: BlockDiff, before: Standing): Uint8Array {
    const findings = this.#findings;
    const place = { ...entry.place, table: 'diffs' };
    if (entry.height % this.#network.genesis.checkpointEvery !== 0) {
      if (!isZero(diff.checkpoint)) findings.wrong('checkpoints', place, 'the diff holds a checkpoint out of place');
      return before.checkpoint;
    }
    const shown = same(entry.header.checkpointRoot, before.checkpoint);
    findings.test(
      'checkpoints',
      shown,
      entry.place,
      'checkpoint root of the header differs from the cells at the checkpoint before',
    );
    const found = this.#world.checkpoint();
    findings.test(
      'checkpoints',
      same(found, diff.checkpoint),
      place,
      'checkpoint root differs from the replayed cells',
    );
    return found;
  }

  #skipAbove(block: CheckedBlock): void {
    const missing = block.stored.diff === undefined;
    const why = `rests on block ${block.entry.height}, whose diff is ${missing ? 'missing' : 'damaged'}: its state cannot be judged`;
    const waiting = missing ? [block] : (this.#above.get(block.entry.id) ?? []).slice();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const check of STATE_CHECKS) this.#findings.undecided(check, next.entry.place, why);
      waiting.push(...(this.#above.get(next.entry.id) ?? []));
    }
  }
}
