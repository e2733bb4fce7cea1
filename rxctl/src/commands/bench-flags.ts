// Flags that benches share, read strictly: what cannot be meant is refused with what to write instead. It runs nothing.
import { type Command, Option } from 'commander';
import type { Given } from '../bench/definition.ts';
import { CliError, EXIT } from '../exit.ts';

const GROUPS_MAX = 256;
const SECONDS_MAX = 86_400;
const REPEATS_MAX = 100;

/** `1,2,4`, ascending, each once. */
export function groupsFlag(given: Given): readonly number[] {
  return listFlag(given, 'groups', [1, GROUPS_MAX]);
}

export function sharesFlag(given: Given): readonly number[] {
  return listFlag(given, 'shares', [0, 100]);
}

function listFlag(given: Given, name: string, [min, max]: readonly [number, number]): readonly number[] {
  const values = String(given[name]).split(',').map(Number);
  const isList =
    values.every((each) => Number.isInteger(each) && each >= min && each <= max) &&
    values.every((each, index) => index === 0 || each > (values[index - 1] ?? 0));
  if (!isList) throw refusal(name, given[name], `ascending integers from ${min} to ${max}, with commas between them`);
  return values;
}

export function integerFlag(given: Given, name: string, [min, max]: readonly [number, number]): number {
  const value = Number(given[name]);
  if (!Number.isInteger(value) || value < min || value > max)
    throw refusal(name, given[name], `an integer from ${min} to ${max}`);
  return value;
}

export function secondsFlag(given: Given): number {
  return integerFlag(given, 'seconds', [5, SECONDS_MAX]);
}

export function repeatFlag(given: Given): number {
  return integerFlag(given, 'repeat', [1, REPEATS_MAX]);
}

export function retriesFlag(given: Given): number {
  return integerFlag(given, 'retries', [0, REPEATS_MAX]);
}

/** Undefined for `natural`: what random pairs give. */
export function crossFlag(given: Given): number | undefined {
  return given['cross'] === 'natural' ? undefined : integerFlag(given, 'cross', [0, 100]);
}

export function choiceFlag<T extends string>(given: Given, name: string, choices: readonly T[]): T {
  const value = choices.find((each) => each === given[name]);
  if (value === undefined) throw refusal(name, given[name], `one of ${choices.join(', ')}`);
  return value;
}

/** Flags of everything that is measured in rounds. */
export function withRounds(command: Command, defaults: { readonly repeat: string; readonly seconds: string }): Command {
  return command
    .option('--repeat <n>', 'rounds over all points; a verdict needs 3', defaults.repeat)
    .option('--seconds <n>', 'length of a window, after the warm-up', defaults.seconds)
    .option('--retries <n>', 'how often a reading that a neighbour spoilt is taken again', '1');
}

/** For tests of the instrument itself; not in the help. */
export function withTestFlags(command: Command): Command {
  return command
    .addOption(new Option('--test-slowdown-ms <n>', 'a generator that is too slow').hideHelp())
    .addOption(new Option('--test-skip-beats <group:n>', 'a miner that leaves a group out').hideHelp());
}

function refusal(name: string, value: unknown, expected: string): CliError {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new CliError(
    EXIT.usage,
    `--${flag} ${String(value)}: expected ${expected}`,
    'rxctl bench --help shows the benches',
  );
}
