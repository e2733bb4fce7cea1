// A transaction as all groups together see it, in values a person reads. Pure: the look is made already.
import type { Connection } from '@rexnet/node/client/connection.ts';
import { outcomeOf } from '@rexnet/node/client/outcomes.ts';
import { type Branch, isFinal } from '@rexnet/node/client/tree.ts';
import type { Sight } from '@rexnet/node/client/watch.ts';
import type { Invocation, TransactionReport } from './network.ts';

/** A group that made no block for so long is silent, as in operator/plan/status.ts. */
const SILENT_INTERVALS = 20;
const SILENT_FLOOR_MS = 20_000;

type Facts = Pick<Connection, 'groups' | 'network'>;

export function transactionReport(
  facts: Facts,
  id: string,
  { view, tree, groups }: Pick<Sight, 'view' | 'tree' | 'groups'>,
  nowMs: number,
): TransactionReport {
  const invocations = tree.branches.flatMap(invocationOf);
  const first = invocations.find((each) => each.id === id);
  const failure = view.firstFailure;
  const waiting = isFinal(view.state) ? undefined : waitingFor(facts, groups, nowMs);
  return {
    id,
    state: view.state,
    group: first?.group,
    height: first?.height,
    done: view.ran,
    total: view.known,
    invocations,
    ...(failure === undefined
      ? {}
      : { failure: { id: failure.id, outcome: outcomeOf(failure.status, failure.exception) } }),
    ...(waiting === undefined ? {} : { waiting }),
  };
}

function invocationOf({ id, parent, ran }: Branch): readonly Invocation[] {
  if (ran === undefined) return [];
  const { group, height, contract, op, status, exception, gas, children, timestampMs } = ran;
  return [
    {
      id,
      ...(parent === undefined ? {} : { parent }),
      children,
      ...(timestampMs === undefined ? {} : { timestampMs }),
      group,
      height,
      contract,
      op,
      status,
      outcome: outcomeOf(status, exception),
      gas,
    },
  ];
}

/** A group that makes no blocks keeps what goes through it: the one reason for a long wait that can be seen from outside. */
function waitingFor({ groups: all, network }: Facts, answers: Sight['groups'], nowMs: number): string | undefined {
  const mute = all.find((group) => !answers.some((answer) => answer.group === group));
  if (mute !== undefined) return `group ${mute} does not answer`;
  const limitMs = Math.max(SILENT_FLOOR_MS, SILENT_INTERVALS * network.blockIntervalMs);
  const oldest = answers.toSorted((left, right) => left.tip.timestampMs - right.tip.timestampMs)[0];
  const ageMs = oldest === undefined ? 0 : nowMs - oldest.tip.timestampMs;
  return ageMs <= limitMs ? undefined : `group ${oldest?.group} has been silent for ${Math.round(ageMs / 1000)} s`;
}
