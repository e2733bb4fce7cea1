// The ShardMap controller: keeps one ShardMap for each Testnet, and in its status the table on chain with what the planner proposes. It asks no
// node itself and changes nothing on chain.
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { parseStoredTestnet } from '../api/parse.ts';
import { REBALANCE_ANNOTATION } from '../api/shard-map.ts';
import type { Testnet } from '../api/testnet.ts';
import type { Knowledge } from '../ask/asker.ts';
import type { Applied } from '../kube/applier.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import { type ChainSeen, newest } from '../plan/kube/chain-seen.ts';
import { isOwnedBy } from '../plan/kube/leftovers.ts';
import {
  SHARD_MAP_FIGURES,
  type ShardMapTold,
  shardMapTold,
  shardMapUnknown,
  shardMapWish,
} from '../plan/shard-map-mirror.ts';
import { printTable } from '../plan/shard-map-table.ts';
import { BY_TESTNET, GROUPS, SHARD_MAPS, TESTNETS } from './collections.ts';
import { type Clients, type Controller, type Copies, type Rule, sooner, watch } from './controller.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';

export interface ShardMapControllerOptions {
  readonly knowledge: Pick<Knowledge, 'of'>;
}

const WORKERS = 2;
/** Nodes are asked about as often. */
const LOOK_AGAIN_MS = 5_000;
/** When the copy does not show yet what was made. */
const LAG_MS = 500;
/** What is refused once is refused again for a while. */
const REFUSED_MS = 15_000;
const REMEMBERED_MAX = 1_000;

const READ = ['get', 'list', 'watch'] as const;

export const SHARD_MAP_RULES: readonly Rule[] = [
  { group: 'rexnet.dev', resources: ['shardmaps'], verbs: [...READ, 'create', 'patch'] },
  { group: 'rexnet.dev', resources: ['shardmaps/status'], verbs: ['patch'] },
  { group: 'rexnet.dev', resources: ['testnets', 'consensusgroups'], verbs: READ },
  // Owner references that block deletion need it.
  { group: 'rexnet.dev', resources: ['testnets/finalizers'], verbs: ['update'] },
];

export function shardMapController({ knowledge }: ShardMapControllerOptions): Controller {
  const told = new Told();
  return {
    name: 'shardmap',
    workers: WORKERS,
    rules: SHARD_MAP_RULES,
    watches: [
      watch({ collection: TESTNETS, keys: ({ metadata }) => [keyOf(metadata)] }),
      // It bears the name of its Testnet.
      watch({ collection: SHARD_MAPS, keys: ({ metadata }) => [keyOf(metadata)] }),
      watch({ collection: GROUPS, keys: () => [] }),
    ],
    reconcile: (key, copies, clients) => reconcile(key, { knowledge, told }, copies, clients),
  };
}

async function reconcile(
  key: string,
  { knowledge, told }: { readonly knowledge: Pick<Knowledge, 'of'>; readonly told: Told },
  copies: Copies,
  clients: Clients,
): Promise<number | undefined> {
  const object = copies.of(TESTNETS).get(key);
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) {
    told.forget(key);
    return undefined;
  }
  const parsed = parseStoredTestnet(object);
  // The Testnet's own status says what is wrong with it.
  if ('problems' in parsed) return undefined;
  const { namespace = '', uid = '' } = object.metadata;
  const wish: KubeObject = shardMapWish(parsed.testnet, { namespace, uid });
  const live = copies.of(SHARD_MAPS).get(key);
  const applied = await applyOrTell(wish, live, object, clients);
  if (applied === 'refused') return REFUSED_MS;
  // One of an earlier Testnet, which is still going, is not written about.
  if (live === undefined || (applied === 'lagging' && !isOwnedBy(live, uid))) return LAG_MS;
  const chain = chainOf(key, knowledge, copies);
  const asked = live.metadata.annotations?.[REBALANCE_ANNOTATION];
  const { fields, conditions } =
    chain === undefined ? shardMapUnknown(live.status) : told.of(key, parsed.testnet, chain, asked);
  const figuresMs = await clients.writeStatus(SHARD_MAPS.resource, live, {
    fields,
    conditions,
    figures: SHARD_MAP_FIGURES,
  });
  return sooner(figuresMs, LOOK_AGAIN_MS);
}

/** There is no status yet to say it in, or one that is another's: an event of the Testnet says it. */
async function applyOrTell(
  wish: KubeObject,
  live: KubeObject | undefined,
  regarding: KubeObject,
  clients: Clients,
): Promise<Applied | 'refused'> {
  try {
    return await clients.apply(SHARD_MAPS.resource, wish, live);
  } catch (error) {
    const { reason, message: note } = troubleOfRefusal(refusalIn(error));
    clients.record({ regarding, type: 'Warning', reason, action: 'MakeShardMap', note });
    return 'refused';
  }
}

function chainOf(key: string, knowledge: Pick<Knowledge, 'of'>, copies: Copies): ChainSeen | undefined {
  const answers = copies
    .of(GROUPS)
    .by(BY_TESTNET, key)
    .flatMap(({ metadata }) => [...knowledge.of(keyOf(metadata)).values()].flatMap(({ answer }) => answer ?? []));
  return newest(answers);
}

/** Planning a large table takes a tenth of a second: what was planned is kept while nothing it depends on changes. */
class Told {
  readonly #known = new Map<string, { readonly basis: string; readonly told: ShardMapTold }>();

  forget(key: string): void {
    this.#known.delete(key);
  }

  of(key: string, testnet: Testnet, chain: ChainSeen, asked: string | undefined): ShardMapTold {
    const { groups, shardMap, chain: rules } = testnet.spec;
    const seen = chain.groups.map(({ group }) => group);
    const basis = JSON.stringify([chain.epoch, printTable(chain.owners), seen, groups, shardMap, rules, asked]);
    const known = this.#known.get(key);
    if (known?.basis === basis) return known.told;
    const told = shardMapTold(testnet, chain, asked, parseDuration(rules.blockInterval) ?? 0);
    this.#known.delete(key);
    if (this.#known.size >= REMEMBERED_MAX)
      for (const oldest of [...this.#known.keys()].slice(0, 1)) this.#known.delete(oldest);
    this.#known.set(key, { basis, told });
    return told;
  }
}
