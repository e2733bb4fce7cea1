// The status of a Testnet as its operator wrote it, in the form every view knows. Where no operator has looked yet, that is what
// it says. Pure.
import type { TestnetObject } from '@rexnet/operator/controllers/collections.ts';
import type { ConditionSight, NodeSight, StatusSight } from '../sources/source.ts';

type Facts = {
  readonly object: TestnetObject;
  readonly isSuspended: boolean;
  readonly groups: number;
  readonly nodes: readonly NodeSight[];
  /** Lowest of all groups, as their nodes say. */
  readonly minHeight: number;
};

/** Conditions are the operator's; numbers are ours where ours are fresher. */
export function statusSightOf({ object, isSuspended, groups, nodes, minHeight }: Facts): StatusSight {
  const { status } = object;
  const conditions = conditionsOf(object);
  const isTrue = (type: string): boolean => conditions.some((each) => each.type === type && each.status === 'True');
  const ready = nodes.filter(({ process, isInSync }) => process === 'Running' && isInSync === true);
  const readyGroups = new Set(ready.map(({ group }) => group)).size;
  const { tps, firstBlockAfter, bitcoinText = '–' } = status ?? {};
  return {
    phase: isSuspended ? 'Suspended' : isTrue('Ready') ? 'Healthy' : isTrue('FirstBlock') ? 'Degraded' : 'Starting',
    groups,
    readyGroups,
    nodes: nodes.length,
    readyNodes: ready.length,
    groupsText: `${readyGroups}/${groups}`,
    nodesText: `${ready.length}/${nodes.length}`,
    minHeight: minHeight > 0 ? minHeight : (status?.minHeight ?? 0),
    ...(tps === undefined ? {} : { tps }),
    ...(firstBlockAfter === undefined ? {} : { firstBlockAfter }),
    bitcoinText,
    conditions,
  };
}

function conditionsOf({ metadata, status }: TestnetObject): readonly ConditionSight[] {
  const { conditions = [], observedGeneration = 0 } = status ?? {};
  const known = conditions.map(({ type, status: value, reason, message }) => ({
    type,
    status: value,
    reason,
    message,
  }));
  const isBehind = observedGeneration < (metadata.generation ?? 0);
  if (known.length > 0 && !isBehind) return known;
  const message =
    known.length > 0
      ? 'The operator has not looked at the newest spec yet; if this lasts, does it run? kubectl get pods -A -l app.kubernetes.io/name=rexnet'
      : 'No operator has looked at this Testnet yet; is it installed, and does it run? helm install rexnet charts/rexnet';
  const waiting = (type: string): ConditionSight => ({ type, status: 'Unknown', reason: 'NotReconciled', message });
  return known.length > 0
    ? known.map((each) => (each.type === 'Ready' ? waiting('Ready') : each))
    : ['Ready', 'FirstBlock'].map(waiting);
}
