// The benches of rxctl bench, a row each: flags, defaults, what runs. A table; it measures nothing.
import type { Command } from 'commander';
import { capacityBench } from '../bench/capacity.ts';
import type { Bench, Given } from '../bench/definition.ts';
import { endureBench } from '../bench/endure.ts';
import { hotBench } from '../bench/hot.ts';
import { modelsBench } from '../bench/models.ts';
import { type Rounds, type RowsBench, runRows } from '../bench/rows.ts';
import { type ScaleInput, scale } from '../bench/scale.ts';
import { scaleReport } from '../bench/scale-report.ts';
import { latency, type SearchInput, saturate, xgroup } from '../bench/searches.ts';
import { spamBench } from '../bench/spam.ts';
import { workloadOf } from '../bench/workloads.ts';
import {
  choiceFlag,
  crossFlag,
  groupsFlag,
  integerFlag,
  repeatFlag,
  retriesFlag,
  secondsFlag,
  sharesFlag,
  withRounds,
  withTestFlags,
} from './bench-flags.ts';

const TPS_MAX = 100_000;
const SLOWDOWN_MAX_MS = 10_000;
const GROUPS_MAX = 64;
const ACCOUNTS_MAX = 1_000_000;

export const BENCHES: readonly Bench[] = [
  {
    name: 'scale',
    summary: 'does throughput grow linearly with groups?',
    example: 'rxctl bench scale --groups 1,2,4,8,16 --out ./bench',
    addFlags: (command) => withTestFlags(withScaleFlags(command)),
    run: async (given, tools, machine) => {
      const input = scaleInput(given);
      return scaleReport(input, await scale(input, tools), machine);
    },
  },
  rowsBench({
    name: 'models',
    summary: 'the same token with its state at @global and at @address',
    example: 'rxctl bench models --out ./bench',
    addFlags: (command) =>
      withRounds(command, { repeat: '1', seconds: '30' }).option('--groups <list>', 'numbers of groups', '1,2,4,8'),
    make: (given, rounds) => modelsBench(groupsFlag(given), rounds),
  }),
  rowsBench({
    name: 'hot',
    summary: 'what skewed loads cost; --spam: whether a flood stays where it is',
    example: 'rxctl bench hot --groups 8',
    addFlags: (command) =>
      withRounds(command, { repeat: '1', seconds: '30' })
        .option('--groups <n>', 'number of groups', '8')
        .option('--spam', 'one partition is offered ten times what its group can do; take --seconds 300'),
    make: (given, rounds) => (given['spam'] === true ? spamBench : hotBench)(groupCount(given, 2), rounds),
  }),
  rowsBench({
    name: 'endure',
    summary: 'does a network under steady load stay as it is?',
    example: 'rxctl bench endure --seconds 600',
    addFlags: (command) =>
      withRounds(command, { repeat: '1', seconds: '600' }).option('--groups <n>', 'number of groups', '4'),
    make: (given, rounds) => endureBench(groupCount(given, 1), rounds),
  }),
  {
    name: 'xgroup',
    summary: 'what crossing groups costs, in profile open',
    example: 'rxctl bench xgroup --shares 0,50,98',
    addFlags: (command) =>
      withSearch(command, { groups: '8', from: '1000' }).option(
        '--shares <list>',
        'per cent that cross, ascending',
        '0,98',
      ),
    run: (given, tools, machine) => xgroup({ ...searchInput(given, 2), shares: sharesFlag(given) }, tools, machine),
  },
  {
    name: 'saturate',
    summary: 'the highest rate that holds, in profile open',
    example: 'rxctl bench saturate --groups 1',
    addFlags: (command) => withSearch(command, { groups: '1', from: '2000' }),
    run: (given, tools) => saturate(searchInput(given, 1), tools),
  },
  {
    name: 'latency',
    summary: 'latency at 50, 80 and 95 % of the highest rate that holds',
    example: 'rxctl bench latency --groups 2',
    addFlags: (command) => withSearch(command, { groups: '1', from: '2000' }),
    run: (given, tools) => latency(searchInput(given, 1), tools),
  },
  rowsBench({
    name: 'capacity',
    summary: 'what a node must hold and do as groups are added',
    example: 'rxctl bench capacity --accounts 1000000',
    addFlags: (command) =>
      withRounds(command, { repeat: '1', seconds: '30' })
        .option('--groups <list>', 'numbers of groups', '1,2,4,8')
        .option('--accounts <n>', 'accounts in all', '1000000'),
    make: (given, rounds) =>
      capacityBench({ groups: groupsFlag(given), accounts: integerFlag(given, 'accounts', [0, ACCOUNTS_MAX]) }, rounds),
  }),
];

function withSearch(command: Command, defaults: { readonly groups: string; readonly from: string }): Command {
  return command
    .option('--groups <n>', 'number of groups', defaults.groups)
    .option('--from <tps>', 'where the search begins', defaults.from)
    .option('--seconds <n>', 'length of a step', '20')
    .option('--sign', 'sign while offering, instead of replaying what was signed before');
}

function searchInput(given: Given, groupsMin: number): SearchInput {
  return {
    groups: groupCount(given, groupsMin),
    seconds: secondsFlag(given),
    firstTps: integerFlag(given, 'from', [1, TPS_MAX]),
    replay: given['sign'] !== true,
  };
}

type RowsDefinition = Pick<Bench, 'name' | 'summary' | 'example' | 'addFlags'> & {
  readonly make: (given: Given, rounds: Rounds) => RowsBench;
};

function rowsBench({ make, ...bench }: RowsDefinition): Bench {
  return {
    ...bench,
    run: (given, tools, machine) => {
      const rounds = { repeats: repeatFlag(given), retries: retriesFlag(given), seconds: secondsFlag(given) };
      return runRows(make(given, rounds), rounds, tools, machine);
    },
  };
}

function groupCount(given: Given, least: number): number {
  return integerFlag(given, 'groups', [least, GROUPS_MAX]);
}

function withScaleFlags(command: Command): Command {
  return withRounds(command, { repeat: '3', seconds: '30' })
    .option('--groups <list>', 'numbers of groups, ascending', '1,2,4,8,16')
    .option(
      '--profile <name>',
      'capped: what the protocol lets groups do adds up; open: what the machine can do',
      'capped',
    )
    .option('--cross <percent>', 'share of transfers that leave their group, or natural', 'natural')
    .option('--tps-per-group <n>', 'offered in profile open', '500');
}

function scaleInput(given: Given): ScaleInput {
  const crossGroupPercent = crossFlag(given);
  const { testSlowdownMs, testSkipBeats } = given;
  return {
    profile: choiceFlag(given, 'profile', ['capped', 'open']),
    groups: groupsFlag(given),
    repeats: repeatFlag(given),
    retries: retriesFlag(given),
    seconds: secondsFlag(given),
    openTpsPerGroup: integerFlag(given, 'tpsPerGroup', [1, TPS_MAX]),
    minerArgs: testSkipBeats === undefined ? [] : ['--skip-beats', String(testSkipBeats)],
    workload: workloadOf('Token'),
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
    ...(testSlowdownMs === undefined ? {} : { slowdownMs: integerFlag(given, 'testSlowdownMs', [0, SLOWDOWN_MAX_MS]) }),
  };
}
