// Why a network, a group or a node is not as it should be: the first unmet condition, what it comes from, one cause below the
// other, and what to do. Pure: one look and the last words of some logs in, a chain out; it guesses nothing it was not shown.
import { suggest } from '@rexnet/operator/api/suggest.ts';
import { isMet } from './sources/condition.ts';
import type { ConditionSight, Snapshot } from './sources/source.ts';
import {
  causeOfGroup,
  causeOfMining,
  causeOfNode,
  type Found,
  type LastWords,
  type Link,
  logLink,
  unattended,
} from './why-parts.ts';

export type Why = {
  readonly object: string;
  /** All it has to be is met. */
  readonly isWell: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly condition?: ConditionSight;
  /** From what is seen down to what it comes from. */
  readonly chain: readonly Link[];
  readonly cure?: string;
  /** Other conditions that are not met. */
  readonly others: readonly string[];
};

/** The order in which things come up: what is first unmet explains what comes after. */
const ORDER: readonly string[] = [
  'Accepted',
  'Stalled',
  'NodeLost',
  'Scheduled',
  'GenesisReady',
  'FirstBlock',
  'Ready',
  'ContractsReady',
  'LoadRunning',
  'BitcoinReady',
  'DataSafe',
];
/** A reason that is somebody's wish. */
const WISHES = ['NotAsked'];
/** Nodes whose logs are read for one question. */
const SUSPECTS_MAX = 8;
const ALIASES: Readonly<Record<string, string>> = {
  bitcoind: 'BitcoinReady',
  load: 'LoadRunning',
  miner: 'Ready',
  contracts: 'ContractsReady',
};

/** What helps when nothing below the condition knows better. */
const CURES: Readonly<Record<string, string>> = {
  Suspended: 'set spec.suspend to false, then rxctl up',
  NoMiner: 'set spec.mining.miners to 1, then rxctl up',
  MinerNotRunning: 'rxctl logs miner-0',
  WaitingForFirstBlock: 'wait: the miner is searching; rxctl wait FirstBlock',
  CatchingUp: 'wait: it is fetching blocks',
  Unreachable: 'wait a little; if it lasts, look at its log',
  DeploymentFailed: 'correct the source, then rxctl up again',
  Deploying: 'wait: contracts follow the first block in their order; rxctl wait ContractsReady',
  WaitingForContracts: 'wait: load begins when the contracts are deployed',
  NotRunning: 'rxctl logs load',
  NoBitcoind: 'install bitcoind or set REXNET_BITCOIND, or write bitcoin: {mode: None}',
  BitcoindStarting: 'wait a little; if it lasts: rxctl logs bitcoind',
  SingleCopyInMemory: 'set spec.nodesPerGroup to 2 or more, or make a Testnet with spec.template.storage',
};

/** In the order in which they explain each other. */
export function unmetConditions({ status }: Snapshot): readonly ConditionSight[] {
  const rank = ({ type, reason }: ConditionSight): number => {
    if (reason === 'Suspended') return -1;
    const place = ORDER.indexOf(type);
    return place < 0 ? ORDER.length : place;
  };
  return status.conditions
    .filter((condition) => !isMet(condition) && !WISHES.includes(condition.reason))
    .toSorted((left, right) => rank(left) - rank(right));
}

/** Objects a person may name: the testnet, conditions, groups, nodes. */
export function objectsOf({ name, status, groups, nodes }: Snapshot): readonly string[] {
  return [
    name,
    ...status.conditions.map(({ type }) => type),
    ...groups.map(({ group }) => `g${group}`),
    ...nodes.map((node) => node.name),
    ...Object.keys(ALIASES),
  ];
}

/** What somebody may have meant by a name there is not. */
export function objectMeant(snapshot: Snapshot, object: string): string | undefined {
  return suggest(object, objectsOf(snapshot));
}

/** Whose logs `whyOf` will want to hear. */
export function suspectsOf({ nodes }: Snapshot): readonly string[] {
  const silent = nodes.filter(({ process, height }) => process !== 'Running' || height === undefined);
  return [...silent.slice(0, SUSPECTS_MAX).map(({ name }) => name), 'miner-0', 'bitcoind', 'load', 'rxctl'];
}

/** Undefined when there is no such object. */
export function whyOf(snapshot: Snapshot, object: string | undefined, lastWords: LastWords): Why | undefined {
  if (object === undefined || object === snapshot.name) return whyNetwork(snapshot, lastWords);
  const type = (ALIASES[object] ?? object).toLowerCase();
  const condition = snapshot.status.conditions.find((each) => each.type.toLowerCase() === type);
  if (condition !== undefined) return whyCondition(snapshot, condition, lastWords);
  const node = snapshot.nodes.find(({ name }) => name === object);
  if (node !== undefined)
    return whyPart(object, causeOfNode(snapshot, node, lastWords), `${object} runs, answers and is in sync.`);
  const id = /^g(?:roup)?[ /-]?([0-9]+)$/.exec(object)?.[1];
  const group = snapshot.groups.find((each) => String(each.group) === id);
  if (group === undefined) return undefined;
  return whyPart(`group ${id}`, causeOfGroup(snapshot, group, lastWords), `Group ${id} makes blocks.`);
}

function whyNetwork(snapshot: Snapshot, lastWords: LastWords): Why {
  const { name, status, isLookedAfter } = snapshot;
  const [first] = unmetConditions(snapshot);
  if (first !== undefined) return whyCondition(snapshot, first, lastWords);
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return {
    object: name,
    isWell: true,
    summary: `${name} is ${status.phase}: ${ready?.message ?? 'all conditions are met.'}`,
    ...(isLookedAfter ? { chain: [] } : unattended(lastWords)),
    others: [],
  };
}

function whyPart(object: string, { chain, cure }: Found, well: string): Why {
  const [first] = chain;
  if (first === undefined) return { object, isWell: true, summary: well, chain: [], others: [] };
  return {
    object,
    isWell: false,
    summary: `${first.object} ${first.fact}.`,
    chain: chain.slice(1),
    ...(cure === undefined ? {} : { cure }),
    others: [],
  };
}

function whyCondition(snapshot: Snapshot, condition: ConditionSight, lastWords: LastWords): Why {
  const { type, status, reason, message } = condition;
  const { name } = snapshot;
  const others = unmetConditions(snapshot).flatMap((each) => (each.type === type ? [] : [each.type]));
  if (isMet(condition) || WISHES.includes(reason))
    return { object: name, isWell: true, summary: `${type} is ${status}: ${message}`, condition, chain: [], others };
  const below = causeOf(snapshot, condition, lastWords);
  const cure = below.cure ?? CURES[reason] ?? cureIn(message);
  return {
    object: name,
    isWell: false,
    summary: `${name} is ${snapshot.status.phase}: ${type} is ${status}.`,
    condition,
    chain: [{ object: type, fact: factOf(message) }, ...below.chain],
    ...(cure === undefined ? {} : { cure }),
    others,
  };
}

/** What lies below a condition. */
function causeOf(snapshot: Snapshot, { type, reason }: ConditionSight, lastWords: LastWords): Found {
  const { groups, nodes, status } = snapshot;
  const groupCause = (isSick: (group: Snapshot['groups'][number]) => boolean): Found => {
    const sick = groups.find(isSick);
    return sick === undefined ? causeOfMining(snapshot, lastWords) : causeOfGroup(snapshot, sick, lastWords);
  };
  switch (reason) {
    case 'WaitingForFirstBlock': {
      const isBlockless = groups.some(({ height }) => height === 0);
      return groupCause((group) => (isBlockless ? group.height === 0 : group.readyNodes < group.nodes));
    }
    case 'NodesNotRunning':
    case 'Unreachable':
    case 'CatchingUp': {
      const sick = nodes.find(({ process, isInSync }) => process !== 'Running' || isInSync !== true);
      return sick === undefined ? { chain: [] } : causeOfNode(snapshot, sick, lastWords);
    }
    case 'GroupSilent':
      return groupCause(({ tipAgeMs = 0 }) => tipAgeMs === oldestTipMs(snapshot));
    case 'MinerNotRunning':
      return causeOfMining(snapshot, lastWords);
    case 'NotReconciled':
      return { chain: [] };
    case 'BitcoindStarting':
      return logLink('bitcoind', lastWords);
    case 'NotRunning':
      return logLink('load', lastWords);
    case 'WaitingForContracts': {
      const contracts = status.conditions.find((each) => each.type === 'ContractsReady');
      if (contracts === undefined || isMet(contracts)) return { chain: [] };
      const below = causeOf(snapshot, contracts, lastWords);
      const cure = below.cure ?? CURES[contracts.reason];
      return {
        chain: [{ object: contracts.type, fact: factOf(contracts.message) }, ...below.chain],
        ...(cure === undefined ? {} : { cure }),
      };
    }
    default:
      return type === 'FirstBlock' ? causeOfMining(snapshot, lastWords) : { chain: [] };
  }
}

function oldestTipMs({ groups }: Snapshot): number {
  return Math.max(...groups.map(({ tipAgeMs = 0 }) => tipAgeMs));
}

/** What a condition itself says is to be done. */
function cureIn(message: string): string | undefined {
  const [, ...cure] = message.split('; ');
  return cure.length === 0 ? undefined : cure.join('; ').replace(/\.$/, '');
}

/** Conditions say what is so, then what to do; the chain wants the first. */
function factOf(message: string): string {
  return (message.split(';')[0] ?? message).replace(/\.$/, '');
}
