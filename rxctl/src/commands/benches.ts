// The benches of rxctl bench, a row each: flags, defaults, what runs. A table; it measures nothing.
import type { Command } from 'commander';
import type { Bench, Given } from '../bench/definition.ts';
import { type ScaleInput, scale, TOKEN_LOAD } from '../bench/scale.ts';
import { scaleReport } from '../bench/scale-report.ts';

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
];

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
    load: TOKEN_LOAD,
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
    ...(testSlowdownMs === undefined ? {} : { slowdownMs: integerFlag(given, 'testSlowdownMs', [0, SLOWDOWN_MAX_MS]) }),
  };
}
