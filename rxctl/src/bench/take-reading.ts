// One reading on a fresh network: started, priced, loaded, measured, ended. All benches take theirs here; what is offered to
// what is theirs to say.
import { join } from 'node:path';
import type { RunReport } from '@rexnet/load/report.ts';
import { capacityOf } from '@rexnet/load/run-reading.ts';
import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
import type { Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { GeneratorProcess, type LoadWish } from './generator.ts';
import { type Measured, measure, type Second, type TimedLoad } from './measure.ts';
import { BenchNetwork } from './network.ts';
import type { Tools } from './tools.ts';
import type { Workload } from './workloads.ts';

export interface ReadingWish {
  readonly profile: Profile;
  readonly groups: number;
  readonly repeat: number;
  readonly workload: Workload;
  /** Measured seconds, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds?: number;
  /** What is offered, given what one group of this workload can do in a second. */
  readonly rate: (groupCapacityTps: number) => Pick<LoadWish, 'tps' | 'tpsPerGroup'>;
  /** How long the end waits for what is under way. */
  readonly drainSeconds: number;
  /** Anything else the generator is to do, test flags included. */
  readonly load?: LoadExtras;
  /** What loads the network beside what is measured. */
  readonly beside?: (groupCapacityTps: number) => readonly LoadWish[];
  readonly minerArgs?: readonly string[];
  /** Accounts in genesis that do nothing. */
  readonly crowd?: number;
  /** The backlog of an overload may be left: what could not be judged then is no fault. */
  readonly mayLeaveBacklog?: boolean;
  /** Sign everything before, so that the generator only has to send. */
  readonly replay?: boolean;
  /** When the measured seconds begin, and when they end. */
  readonly onEdge?: (net: BenchNetwork, edge: 'begin' | 'end') => Promise<void>;
  /** On the same network, when the reading is taken. */
  readonly afterwards?: (net: BenchNetwork) => Promise<void>;
}

export type LoadExtras = Partial<Omit<LoadWish, 'seconds' | 'warmUpSeconds' | 'drainSeconds' | 'tps' | 'tpsPerGroup'>>;

/** Without report and seconds when the run came to no end. */
export interface Taken {
  readonly reading: Reading;
  readonly report?: RunReport;
  readonly beside: readonly RunReport[];
  readonly seconds: readonly Second[];
}

export const WARM_UP_SECONDS = 5;
const PRESIGNED_FILE = 'presigned.bin';
const PRESIGN_MAX_MS = 600_000;
/** INTERFACES §7: the presets of a profile. */
export const CHAINS: Readonly<Record<Profile, Readonly<Record<string, string | number>>>> = {
  capped: {},
  open: { blockGas: 1_000_000_000, difficulty: 'Asert' },
};

/** Whatever goes wrong but a signal is a reading that does not count. */
export async function takeReading(wish: ReadingWish, tools: Tools): Promise<Taken> {
  const { groups, repeat } = wish;
  try {
    return await onFreshNetwork(wish, tools, (net) => measureOn(net, wish, tools));
  } catch (error) {
    tools.signal.throwIfAborted();
    const broken = error instanceof Error ? error.message : String(error);
    return { reading: brokenReading({ groups, repeat }, broken), beside: [], seconds: [] };
  }
}

export async function onFreshNetwork<T>(
  wish: Pick<ReadingWish, 'profile' | 'groups' | 'workload' | 'minerArgs' | 'crowd'>,
  { workplace, signal }: Tools,
  use: (net: BenchNetwork) => Promise<T>,
): Promise<T> {
  const { profile, groups, workload, minerArgs = [], crowd = 0 } = wish;
  const contracts = workload.shipped === undefined ? [] : [workload.shipped];
  const network = { groups, chain: CHAINS[profile], contracts, minerArgs, crowd };
  await using net = await BenchNetwork.start(workplace.next(), network, signal);
  return await use(net);
}

export async function measureOn(net: BenchNetwork, wish: ReadingWish, { prices, signal }: Tools): Promise<Measured> {
  const { profile, repeat, workload, rate, seconds, warmUpSeconds = WARM_UP_SECONDS, drainSeconds } = wish;
  const price = await prices.of(net, workload.load, signal);
  const groupCapacityTps = capacityOf({ ...price, groups: 1 }, price.gasLimit);
  const load: TimedLoad = {
    ...workload.load,
    ...wish.load,
    ...rate(groupCapacityTps),
    seconds: warmUpSeconds + seconds,
    warmUpSeconds,
    drainSeconds,
  };
  const { onEdge } = wish;
  const measured = await measure({
    net,
    profile,
    repeat,
    signal,
    ...(wish.beside === undefined ? {} : { beside: wish.beside(groupCapacityTps) }),
    ...(onEdge === undefined ? {} : { onEdge: (edge) => onEdge(net, edge) }),
    mayLeaveBacklog: wish.mayLeaveBacklog ?? false,
    load: wish.replay === true ? await presigned(net, load, signal) : load,
  });
  await wish.afterwards?.(net);
  return measured;
}

/** The same load as a file of signed transactions. */
async function presigned(net: BenchNetwork, load: TimedLoad, signal: AbortSignal): Promise<TimedLoad> {
  const path = join(net.folders.root, PRESIGNED_FILE);
  await using generator = await GeneratorProcess.start(net.folders, 'presign', { ...load, presign: path });
  await generator.ended(PRESIGN_MAX_MS, signal);
  return { ...load, replay: path };
}
