// What happened between two looks, as events: pure, so that a replayed recording tells the same story as the network did.
import type { EventSight, GroupSight, NodeSight, Snapshot } from './source.ts';

/** In the order of objects; nothing for what is as it was. */
export function transitions(before: Snapshot, after: Snapshot): readonly EventSight[] {
  const oldNodes = new Map(before.nodes.map((node) => [node.name, node]));
  const oldGroups = new Map(before.groups.map((group) => [group.group, group]));
  return [
    ...conditionChanges(before.status.conditions, after.status.conditions, after.name, after.atMs),
    ...after.groups.flatMap((group) => groupEvents(oldGroups.get(group.group), group, after.atMs)),
    ...after.nodes.flatMap((node) => nodeEvents(oldNodes.get(node.name), node, after.atMs)),
  ];
}

type Condition = { readonly type: string; readonly status: string; readonly reason: string; readonly message: string };

/** A condition that changed its status or its reason; a sentence with another figure in it is no event. */
export function conditionChanges(
  before: readonly Condition[],
  after: readonly Condition[],
  object: string,
  atMs: number,
): readonly EventSight[] {
  const old = new Map(before.map((condition) => [condition.type, condition]));
  return after.flatMap(({ type, status, reason, message }) => {
    const was = old.get(type);
    if (was === undefined || (was.status === status && was.reason === reason)) return [];
    const isWorse = status !== 'True' && was.status === 'True';
    return [
      {
        atMs,
        object,
        type: isWorse ? 'Warning' : 'Normal',
        reason,
        message: `${type} is ${status}: ${message}`,
      } as const,
    ];
  });
}

function groupEvents(before: GroupSight | undefined, after: GroupSight, atMs: number): readonly EventSight[] {
  const switches = (after.reorganisations ?? 0) - (before?.reorganisations ?? Number.POSITIVE_INFINITY);
  if (switches <= 0 || Number.isNaN(switches)) return [];
  const message = switches === 1 ? 'Switched to another branch.' : `Switched to another branch ${switches} times.`;
  return [{ atMs, object: `group ${after.group}`, type: 'Warning', reason: 'Reorganised', message }];
}

function nodeEvents(before: NodeSight | undefined, after: NodeSight, atMs: number): readonly EventSight[] {
  if (before === undefined) return [];
  const event = (type: EventSight['type'], reason: string, message: string): EventSight => ({
    atMs,
    object: after.name,
    type,
    reason,
    message,
  });
  if (before.process === 'Running' && after.process !== 'Running')
    return [event('Warning', 'Ended', `Its process is gone; rxctl logs ${after.name} says why.`)];
  if (after.pid !== undefined && before.pid !== after.pid)
    return [event('Warning', 'Restarted', `Runs again as process ${after.pid}.`)];
  if (before.height !== undefined && after.height === undefined && after.process === 'Running')
    return [event('Warning', 'Silent', 'Does not answer any more.')];
  if (before.height === undefined && after.height !== undefined)
    return [event('Normal', 'Answers', `Answers at height ${after.height}.`)];
  if (before.isInSync === false && after.isInSync === true)
    return [event('Normal', 'CaughtUp', `In sync at height ${after.height ?? 0}.`)];
  return [];
}
