// The benches of rxctl bench, a row each: flags, defaults, what runs. A table; it measures nothing.
import type { Command } from 'commander';
import type { Bench, Given } from '../bench/definition.ts';
import { endureBench } from '../bench/endure.ts';
import { hotBench } from '../bench/hot.ts';
import { modelsBench } from '../bench/models.ts';
import { type Rounds, type RowsBench, runRows } from '../bench/rows.ts';
import { type ScaleInput, scale } from '../bench/scale.ts';
import { scaleReport } from '../bench/scale-report.ts';
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
  withRounds,
  withTestFlags,
} from './bench-flags.ts';

const TPS_MAX = 100_000;
const SLOWDOWN_MAX_MS = 10_000;
const GROUPS_MAX = 64;

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
];

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
