// Headers made by hand for tests of the rules: a tree per group, blocks named by what they read. Never shipped code.
import { ZERO_HASH } from '../../core/bytes.ts';
import { HEADER, type Header } from '../../core/layouts.ts';
import {
  blockId,
  type ConsensusParams,
  type HeaderVerdict,
  judgeHeader,
  judgeLink,
  parseHeader,
  workOfBits,
} from '../header.ts';
import { HeaderEntry, strengthen } from '../header-entry.ts';
import { HeaderTree } from '../header-tree.ts';
import type { MapRules } from '../map-rules.ts';
import { judgeReading } from '../reading.ts';
import type { ShardMap } from '../shard-map.ts';
import { bitsFromTarget, targetForHashes } from '../target.ts';

export const TEST_PARAMS: ConsensusParams = {
  networkId: Uint8Array.of(9, 8, 7, 6),
  difficulty: 0,
  floorTarget: bitsFromTarget(targetForHashes(1_000n)),
  halfLifeMs: 60_000,
  blockIntervalMs: 1_000,
  confirmations: 1,
  checkpointEvery: 256,
  maxReorg: 64,
  headerWindow: 20_000,
};

export function testHeader(group: number, changes: Partial<Header>): Header {
  return {
    version: 1,
    networkId: TEST_PARAMS.networkId,
    group,
    height: 0,
    parent: ZERO_HASH,
    timestampMs: 0,
    target: TEST_PARAMS.floorTarget,
    epoch: 0,
    transactionsRoot: ZERO_HASH,
    outboxRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    stateRoot: ZERO_HASH,
    checkpointRoot: ZERO_HASH,
    miner: new Uint8Array(36),
    reads: [],
    ...changes,
  };
}

/** Groups without partitions: headers ask for no more. */
function testMap(groups: number): ShardMap {
  const ids = Array.from({ length: groups }, (_, group) => group);
  return { epoch: 0, owners: new Uint32Array(0), since: new Float64Array(0), groups: ids, hash: ZERO_HASH };
}

/** No epoch begins here. */
const NO_UPDATES: Pick<MapRules, 'after' | 'shownBehind'> = { after: () => 'MALFORMED', shownBehind: () => undefined };

function testGenesis(groups: number): Uint8Array[] {
  return Array.from({ length: groups }, (_, group) => HEADER.encode(testHeader(group, {})));
}

/** The header after `parent` that reads up to `newest`; `salt` tells siblings apart. */
export function nextHeader(parent: HeaderEntry, newest: readonly HeaderEntry[], salt: number): Header {
  const stateRoot = new Uint8Array(32);
  new DataView(stateRoot.buffer).setUint32(0, salt);
  return testHeader(parent.group, {
    height: parent.height + 1,
    parent: parent.id,
    timestampMs: Math.max(parent.header.timestampMs + 1_000, ...newest.map((n) => n.header.timestampMs)),
    stateRoot,
    reads: newest.map(({ group, height, id }) => ({ group, height, id })),
  });
}

/** A tree filled by the real rules, without waiting or fork choice. */
export class HeaderWorld {
  readonly params: ConsensusParams;
  readonly tree: HeaderTree;

  constructor(groups: number, params: ConsensusParams) {
    this.params = params;
    this.tree = new HeaderTree(
      testGenesis(groups).map((bytes) => {
        const header = HEADER.decode(bytes);
        const witness = new Uint8Array(0);
        const id = blockId(bytes);
        return new HeaderEntry({
          id,
          header,
          bytes,
          witness,
          parent: undefined,
          ownWork: workOfBits(header.target),
          reads: [],
          readingOrder: [],
        });
      }),
    );
    const genesis = new Map(this.tree.groups.map((group) => [group, this.tree.root(group)]));
    for (const entry of genesis.values()) entry.adopt({ map: testMap(groups), genesis });
  }

  /** Judges bytes and keeps them when valid. */
  offer(bytes: Uint8Array, nowMs: number): HeaderVerdict {
    const parsed = parseHeader(this.params, blockId(bytes), bytes);
    if (typeof parsed === 'string') return { kind: 'refused', code: parsed };
    const parent = this.tree.get(parsed.header.parent);
    const problem = parent === undefined ? undefined : judgeLink(this.params, parsed.header, parent);
    if (problem !== undefined) return { kind: 'refused', code: problem };
    const context = {
      params: this.params,
      readingRule: judgeReading,
      maps: NO_UPDATES,
      nowMs,
      lookup: (id: Uint8Array) => this.tree.get(id),
    };
    const verdict = judgeHeader(context, parsed, new Uint8Array(0));
    if (verdict.kind === 'valid') {
      this.tree.add(verdict.entry);
      strengthen(verdict.entry, this.params.confirmations);
    }
    return verdict;
  }

  /** A valid block, or a thrown verdict. */
  mine(parent: HeaderEntry, newest: readonly HeaderEntry[], salt: number): HeaderEntry {
    const verdict = this.offer(HEADER.encode(nextHeader(parent, newest, salt)), Number.MAX_SAFE_INTEGER);
    if (verdict.kind !== 'valid') throw new Error(JSON.stringify(verdict));
    return verdict.entry;
  }

  /** `count` blocks in a line, reading nothing. */
  line(parent: HeaderEntry, count: number, salt: number): HeaderEntry {
    let tip = parent;
    for (let i = 0; i < count; i++) tip = this.mine(tip, [], salt);
    return tip;
  }
}
