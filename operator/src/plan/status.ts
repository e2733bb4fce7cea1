// From what was seen of a network to its status: conditions with a reason and a sentence that says what is missing and what
// to do. Pure, and the same for laptop and cluster; it asks nobody and remembers nothing.

export type NodeObserved = {
  readonly name: string;
  readonly process: 'Running' | 'Restarting' | 'Stopped';
  /** Absent while the node does not answer. */
  readonly answer?: { readonly height: number; readonly tipAgeMs: number; readonly inSync: boolean };
};
export type ContractObserved = {
  readonly name: string;
  readonly state: 'Waiting' | 'Deployed' | 'Failed';
  readonly detail?: string;
};
export type BitcoinObserved =
  | { readonly kind: 'none' }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'regtest'; readonly height?: number };

export type Observed = {
  readonly groups: readonly { readonly group: number; readonly nodes: readonly NodeObserved[] }[];
  /** Those that own no partition. */
  readonly idleGroups?: readonly number[];
  readonly blockIntervalMs: number;
  readonly miners: { readonly wanted: number; readonly running: number };
  readonly firstBlockMs?: number;
  readonly contracts: readonly ContractObserved[];
  readonly bitcoin: BitcoinObserved;
  readonly load: {
    readonly wantedTps: number;
    /** Something is offered. */
    readonly isRunning: boolean;
    /** Where there may be several. */
    readonly generators?: { readonly wanted: number; readonly running: number };
  };
  /** False when the only copy of a chain lies in memory. */
  readonly isDataDurable: boolean;
  /** Of each chain, where they are on no disk that outlives a node. */
  readonly copies?: number;
  readonly isSuspended: boolean;
  readonly tps?: number;
  readonly utps?: number;
  /** Of the gas that blocks may hold. */
  readonly gasUsedRatio?: number;
};

export type ConditionType = 'Ready' | 'FirstBlock' | 'ContractsReady' | 'BitcoinReady' | 'DataSafe' | 'LoadRunning';
export type StatusCondition = {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
};
export type Status = {
  readonly phase: 'Suspended' | 'Starting' | 'Degraded' | 'Healthy';
  readonly groups: number;
  readonly readyGroups: number;
  readonly nodes: number;
  readonly readyNodes: number;
  readonly groupsText: string;
  readonly nodesText: string;
  readonly minHeight: number;
  readonly tps?: string;
  readonly utps?: string;
  readonly gasUsedRatio?: string;
  readonly firstBlockAfter?: string;
  readonly bitcoinText: string;
  readonly conditions: readonly StatusCondition[];
};

/** A group is silent when it has made no block for so many intervals, and no less than the floor. */
const SILENT_INTERVALS = 20;
const SILENT_FLOOR_MS = 20_000;

/** Where nobody else has what a node fetches. */
export const ONLY_COPY =
  'nobody else has those of its group, so if it lost them with its pod they are gone: then delete the Testnet and apply it again';

type Verdict = readonly [status: StatusCondition['status'], reason: string, message: string];

/** What people type where the network runs. Parts are called g0-n1, miner-0, bitcoind and load. */
export type Words = {
  /** Tells why a part does not run. */
  readonly partOf: (part: string) => string;
  /** Tells what a part that runs is about. */
  readonly logsOf: (part: string) => string;
  /** What brings a bitcoind where none was found. */
  readonly bitcoindCure: string;
};

const logs = (part: string): string => `rxctl logs ${part}`;
const LAPTOP: Words = { partOf: logs, logsOf: logs, bitcoindCure: 'install bitcoind or set REXNET_BITCOIND' };

export function statusOf(observed: Observed, words: Words = LAPTOP): Status {
  const nodes = observed.groups.flatMap((group) => group.nodes);
  const readyNodes = nodes.filter(isReady).length;
  const readyGroups = observed.groups.filter((group) => group.nodes.some(isReady)).length;
  const heights = observed.groups.map((group) => Math.max(0, ...group.nodes.map((node) => node.answer?.height ?? 0)));
  const verdicts: Readonly<Record<ConditionType, Verdict>> = {
    Ready: ready(observed, words),
    FirstBlock: firstBlock(observed),
    ContractsReady: contractsReady(observed),
    BitcoinReady: bitcoinReady(observed.bitcoin, words),
    DataSafe: dataSafe(observed),
    LoadRunning: loadRunning(observed, words),
  };
  const [status] = verdicts.Ready;
  return {
    phase: observed.isSuspended
      ? 'Suspended'
      : status === 'True'
        ? 'Healthy'
        : observed.firstBlockMs === undefined
          ? 'Starting'
          : 'Degraded',
    groups: observed.groups.length,
    readyGroups,
    nodes: nodes.length,
    readyNodes,
    groupsText: `${readyGroups}/${observed.groups.length}`,
    nodesText: `${readyNodes}/${nodes.length}`,
    minHeight: heights.length === 0 ? 0 : Math.min(...heights),
    ...(observed.tps === undefined ? {} : { tps: observed.tps.toFixed(1) }),
    ...(observed.utps === undefined ? {} : { utps: observed.utps.toFixed(1) }),
    ...(observed.gasUsedRatio === undefined ? {} : { gasUsedRatio: observed.gasUsedRatio.toFixed(2) }),
    ...(observed.firstBlockMs === undefined ? {} : { firstBlockAfter: seconds(observed.firstBlockMs) }),
    bitcoinText: bitcoinText(observed.bitcoin),
    conditions: Object.entries(verdicts).map(([type, [value, reason, message]]) => ({
      type: type as ConditionType,
      status: value,
      reason,
      message,
    })),
  };
}

/** The first thing that is missing, in the order in which things come up. */
function ready(observed: Observed, { partOf, logsOf }: Words): Verdict {
  const { groups, miners, isSuspended, firstBlockMs, copies } = observed;
  if (isSuspended)
    return [
      'False',
      'Suspended',
      copies === undefined
        ? 'Everything is stopped and the data is kept; set spec.suspend to false to go on.'
        : 'Everything is stopped, and with it went the chains, which lay in memory; set spec.suspend to false to begin them anew, and make a Testnet with spec.template.storage to keep them.',
    ];
  const nodes = groups.flatMap((group) => group.nodes);
  const stopped = nodes.filter((node) => node.process !== 'Running');
  const [firstStopped] = stopped;
  if (firstStopped !== undefined)
    return [
      'False',
      'NodesNotRunning',
      `${names(stopped)} ${stopped.length === 1 ? 'is' : 'are'} not running; ${partOf(firstStopped.name)} says why.`,
    ];
  const mute = nodes.filter((node) => node.answer === undefined);
  const [firstMute] = mute;
  if (firstMute !== undefined)
    return [
      'Unknown',
      'Unreachable',
      `${names(mute)} ${mute.length === 1 ? 'does' : 'do'} not answer yet; if this lasts, ${logsOf(firstMute.name)} says why.`,
    ];
  if (miners.wanted === 0) return ['False', 'NoMiner', 'spec.mining.miners is 0, so no block is made; set it to 1.'];
  if (miners.running === 0)
    return ['False', 'MinerNotRunning', `No miner is running, so no block is made; ${partOf('miner-0')} says why.`];
  if (firstBlockMs === undefined)
    return ['False', 'WaitingForFirstBlock', `Group ${behind(observed)} has no block yet; the miner is searching.`];
  const behindTip = nodes.filter((node) => node.answer?.inSync === false);
  if (behindTip.length > 0)
    return [
      'False',
      'CatchingUp',
      `${names(behindTip)} ${behindTip.length === 1 ? 'is' : 'are'} still fetching blocks; ${
        copies === 1 ? ONLY_COPY : 'nothing to do but wait'
      }.`,
    ];
  const silent = silentGroup(observed);
  if (silent !== undefined)
    return [
      'False',
      'GroupSilent',
      `Group ${silent.group} has been silent for ${seconds(silent.ageMs)}: relays from it wait; ${logsOf(`g${silent.group}-n0`)} and ${logsOf('miner-0')} say why.`,
    ];
  const all = groups.length === 1 ? 'The one group makes' : `All ${groups.length} groups make`;
  return ['True', 'BlocksGrow', `${all} blocks${idleWords(observed.idleGroups ?? [])}.`];
}

function idleWords(idle: readonly number[]): string {
  if (idle.length === 0) return '';
  const which =
    idle.length === 1 ? `group ${idle[0]} has joined and owns` : `groups ${idle.join(', ')} have joined and own`;
  return `; ${which} no partitions, because partitions cannot move yet`;
}

function firstBlock(observed: Observed): Verdict {
  if (observed.firstBlockMs !== undefined)
    return ['True', 'AllGroups', `Every group had its first block ${seconds(observed.firstBlockMs)} after the start.`];
  return ['False', 'WaitingForFirstBlock', `Group ${behind(observed)} has no block yet; Ready says what it waits for.`];
}

function contractsReady({ contracts }: Observed): Verdict {
  const failed = contracts.find((contract) => contract.state === 'Failed');
  if (failed !== undefined)
    return [
      'False',
      'DeploymentFailed',
      `${failed.name} was not deployed: ${failed.detail ?? 'no reason given'}. Correct its source; those after it wait.`,
    ];
  const waiting = contracts.find((contract) => contract.state === 'Waiting');
  if (waiting !== undefined)
    return [
      'False',
      'Deploying',
      `${waiting.name} is not deployed yet${waiting.detail === undefined ? '' : `: ${waiting.detail}`}; contracts follow the first block in their order.`,
    ];
  return [
    'True',
    contracts.length === 0 ? 'NoneAsked' : 'AllDeployed',
    contracts.length === 0
      ? 'spec.contracts is empty.'
      : `${contracts.map((contract) => contract.name).join(', ')} deployed.`,
  ];
}

function bitcoinReady(bitcoin: BitcoinObserved, { logsOf, bitcoindCure }: Words): Verdict {
  if (bitcoin.kind === 'none')
    return [
      'True',
      'ToyParent',
      'spec.bitcoin.mode is None: a toy parent chain carries the work, everything but the peg works.',
    ];
  if (bitcoin.kind === 'absent')
    return [
      'False',
      'NoBitcoind',
      `${bitcoin.reason}. Mining goes on over a toy parent chain; ${bitcoindCure}, or write bitcoin: {mode: None}.`,
    ];
  if (bitcoin.height === undefined)
    return [
      'False',
      'BitcoindStarting',
      `bitcoind does not answer yet; if this lasts, ${logsOf('bitcoind')} says why.`,
    ];
  return ['True', 'Connected', `bitcoind answers at height ${bitcoin.height}.`];
}

function dataSafe({ isDataDurable, copies }: Observed): Verdict {
  if (isDataDurable && copies !== undefined)
    return [
      'True',
      'SeveralCopies',
      `Every chain has ${copies} copies, each of which goes with its pod: it is lost only when all of a group go at once; a Testnet with spec.template.storage keeps it then too.`,
    ];
  if (isDataDurable) return ['True', 'OnDisk', 'Every group keeps its chain on a disk that survives a restart.'];
  return [
    'False',
    'SingleCopyInMemory',
    'The only copy of a chain lies in memory: a drain loses it; set nodesPerGroup to 2 or more, or make a Testnet with spec.template.storage.',
  ];
}

function loadRunning({ load, contracts }: Observed, { partOf }: Words): Verdict {
  if (load.wantedTps === 0) return ['False', 'NotAsked', 'spec.load.tpsPerGroup is 0.'];
  const { wanted, running } = load.generators ?? { wanted: 1, running: 1 };
  if (load.isRunning && running < wanted)
    return [
      'False',
      'GeneratorsMissing',
      `${running} of ${wanted} generators run, so less than ${load.wantedTps} transactions a second are offered; ${partOf('load')} says why.`,
    ];
  if (load.isRunning) return ['True', 'Offering', `${load.wantedTps} transactions a second are offered.`];
  const isWaiting = contracts.some((contract) => contract.state !== 'Deployed');
  return [
    'False',
    isWaiting ? 'WaitingForContracts' : 'NotRunning',
    isWaiting
      ? 'Load begins when the contracts are deployed; see ContractsReady.'
      : `The generator is not running; ${partOf('load')} says why.`,
  ];
}

function isReady(node: NodeObserved): boolean {
  return node.process === 'Running' && node.answer?.inSync === true;
}

function silentGroup({
  groups,
  blockIntervalMs,
}: Observed): { readonly group: number; readonly ageMs: number } | undefined {
  const limitMs = Math.max(SILENT_FLOOR_MS, SILENT_INTERVALS * blockIntervalMs);
  const ages = groups.map(({ group, nodes }) => ({
    group,
    ageMs: Math.min(...nodes.map((node) => node.answer?.tipAgeMs ?? Number.POSITIVE_INFINITY)),
  }));
  return ages.find(({ ageMs }) => ageMs > limitMs);
}

function behind({ groups }: Observed): number {
  return groups.find(({ nodes }) => nodes.every((node) => (node.answer?.height ?? 0) === 0))?.group ?? 0;
}

function bitcoinText(bitcoin: BitcoinObserved): string {
  if (bitcoin.kind !== 'regtest') return 'toy';
  return bitcoin.height === undefined ? 'btc#?' : `btc#${bitcoin.height}`;
}

function names(nodes: readonly NodeObserved[]): string {
  const shown = nodes.slice(0, 3).map((node) => node.name);
  return nodes.length > shown.length
    ? `${shown.join(', ')} and ${nodes.length - shown.length} more`
    : shown.join(' and ');
}

function seconds(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)}s` : `${Math.round(durationMs / 1000)}s`;
}
