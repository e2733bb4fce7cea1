// The rows a person can choose among, after the filter; drawing and keys agree on them because both ask here. Pure.
import type { ContractSight, EventSight, GroupSight, NodeSight, Snapshot } from '../sources/source.ts';
import { groupHealth } from './health.ts';
import { clean } from './line.ts';
import { readableLine } from './log-lines.ts';
import { type Model, type Place, placeOf, type Ui } from './model.ts';

export function groupsOf(snapshot: Snapshot, ui: Ui): readonly GroupSight[] {
  const { onlyFaults } = ui;
  const { filter } = placeOf(ui);
  if (filter === '' && !onlyFaults) return snapshot.groups;
  return snapshot.groups.filter((group) => {
    const { word, tone } = groupHealth(group, snapshot);
    return (!onlyFaults || tone !== 'good') && matches(`g${group.group} ${word}`, filter);
  });
}

export function nodesOf({ nodes }: Snapshot, group: number): readonly NodeSight[] {
  return nodes.filter((node) => node.group === group);
}

export function contractsOf({ contracts }: Snapshot): readonly ContractSight[] {
  return contracts;
}

/** Newest first. */
export function eventsOf({ events }: Snapshot, ui: Ui): readonly EventSight[] {
  const { onlyFaults } = ui;
  const { filter } = placeOf(ui);
  return events
    .filter(
      ({ object, reason, message, type }) =>
        (!onlyFaults || type === 'Warning') && matches(`${object} ${reason} ${message}`, filter),
    )
    .toReversed();
}

/** Oldest first, as people read them. */
export function logLinesOf({ logLines, ui }: Pick<Model, 'logLines' | 'ui'>): readonly string[] {
  return logLines.map((line) => clean(readableLine(line))).filter((line) => matches(line, placeOf(ui).filter));
}

function matches(text: string, filter: string): boolean {
  return filter === '' || text.toLowerCase().includes(filter.toLowerCase());
}

/** How many rows there are to choose among. */
export function countOf(model: Model): number {
  const { snapshot, ui } = model;
  const place = placeOf(ui);
  switch (place.kind) {
    case 'overview':
      if (ui.focus === 'groups') return groupsOf(snapshot, ui).length;
      return ui.focus === 'contracts' ? contractsOf(snapshot).length : eventsOf(snapshot, ui).length;
    case 'group':
      return nodesOf(snapshot, place.group).length;
    case 'log':
      return logLinesOf(model).length;
    case 'node':
    case 'contract':
      return 0;
  }
}

/** Where enter leads from here, if anywhere. */
export function below(model: Model): Place | undefined {
  const { snapshot, ui } = model;
  const place = placeOf(ui);
  switch (place.kind) {
    case 'overview': {
      if (ui.focus === 'groups') {
        const group = groupsOf(snapshot, ui)[place.chosen];
        return group === undefined ? undefined : { kind: 'group', group: group.group };
      }
      if (ui.focus === 'contracts') {
        const contract = contractsOf(snapshot)[place.chosen];
        return contract === undefined ? undefined : { kind: 'contract', name: contract.name };
      }
      return aboutEvent(eventsOf(snapshot, ui)[place.chosen], snapshot);
    }
    case 'group': {
      const node = nodesOf(snapshot, place.group)[place.chosen];
      return node === undefined ? undefined : { kind: 'node', name: node.name };
    }
    case 'node':
      return { kind: 'log', object: place.name };
    case 'contract':
    case 'log':
      return undefined;
  }
}

function aboutEvent(event: EventSight | undefined, { groups, nodes, name }: Snapshot): Place | undefined {
  if (event === undefined) return undefined;
  if (event.object === name) return { kind: 'log', object: 'rxctl' };
  const group = groups.find((each) => event.object === `group ${each.group}`);
  if (group !== undefined) return { kind: 'group', group: group.group };
  const node = nodes.find((each) => each.name === event.object);
  return node === undefined ? { kind: 'log', object: event.object } : { kind: 'node', name: node.name };
}

/** The log that tells most about what is chosen. */
export function logOf(model: Model): Place | undefined {
  const place = placeOf(model.ui);
  if (place.kind === 'log') return undefined;
  if (place.kind === 'node') return { kind: 'log', object: place.name };
  const next = below(model);
  if (next?.kind === 'node') return { kind: 'log', object: next.name };
  if (next?.kind === 'group') {
    const first = nodesOf(model.snapshot, next.group)[0];
    return first === undefined ? undefined : { kind: 'log', object: first.name };
  }
  return next?.kind === 'log' ? next : undefined;
}
