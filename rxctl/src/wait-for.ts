// What `rxctl wait` can wait for: a condition of the network, a height of every group. Pure: text to a test of one look.
import { suggest } from '@rexnet/operator/api/suggest.ts';
import { CliError, EXIT } from './exit.ts';
import type { Step } from './progress.ts';
import type { ConditionSight, Snapshot } from './sources/source.ts';

export type Awaited = {
  /** As it was asked for, spelled right. */
  readonly name: string;
  readonly isMet: boolean;
  /** What is so now. */
  readonly fact: string;
  readonly step: Step;
  /** What `why` explains when it is not met. */
  readonly object: string | undefined;
};

const STATES = ['True', 'False', 'Unknown'] as const;
const CURE = 'wait for a condition (FirstBlock, Ready=False) or a height (height=100)';

/** Refuses what no network can become; the names of conditions come from the network itself. */
export function awaited(snapshot: Snapshot, text: string): Awaited {
  const [name = '', value, ...rest] = text.replace(/^condition=/, '').split('=');
  if (rest.length > 0) throw new CliError(EXIT.usage, `${text} is nothing to wait for`, CURE);
  if (name.toLowerCase() === 'height') return heightOf(snapshot, text, value);
  const { conditions } = snapshot.status;
  const condition = conditions.find(({ type }) => type.toLowerCase() === name.toLowerCase());
  if (condition === undefined) {
    const known = [...conditions.map(({ type }) => type), 'height'];
    const meant = suggest(name, known);
    throw new CliError(
      EXIT.usage,
      `there is no condition ${name}`,
      meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`,
    );
  }
  return conditionOf(snapshot, condition, value);
}

function conditionOf({ status }: Snapshot, condition: ConditionSight, value = 'True'): Awaited {
  const wanted = STATES.find((state) => state.toLowerCase() === value.toLowerCase());
  if (wanted === undefined)
    throw new CliError(EXIT.usage, `${value} is no state of a condition`, `write ${STATES.join(', ')}`);
  const { type, message } = condition;
  const fact = `${type} is ${condition.status}: ${message}`;
  const { readyNodes, nodes } = status;
  return {
    name: wanted === 'True' ? type : `${type}=${wanted}`,
    isMet: condition.status === wanted,
    fact,
    step: readyNodes < nodes ? { text: fact, done: readyNodes, total: nodes } : { text: fact },
    object: type,
  };
}

function heightOf({ status: { minHeight }, groups }: Snapshot, text: string, value = ''): Awaited {
  const height = Number(value);
  if (!/^[0-9]{1,15}$/.test(value)) throw new CliError(EXIT.usage, `${text} names no height`, 'write height=100');
  const lowest = groups.toSorted((left, right) => left.height - right.height)[0];
  const fact = `group ${lowest?.group ?? 0} is at height ${minHeight}`;
  return {
    name: `height=${height}`,
    isMet: minHeight >= height,
    fact,
    step: { text: fact, done: Math.min(minHeight, height), total: height },
    object: undefined,
  };
}
