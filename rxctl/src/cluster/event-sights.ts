// Events of the cluster about the parts of one Testnet, under the names these parts have here. Pure.
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import type { EventSight } from '../sources/source.ts';
import type { Program } from './programs.ts';

/** Of core/v1: the same objects as in events.k8s.io, which the role view may not list. */
export const EVENTS: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
/** As far as it is read; what older recorders wrote has other times. */
export type EventObject = KubeObject & {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
};

/** Kinds whose objects bear the name of the Testnet, or that of a group. */
const OF_TESTNET: ReadonlySet<string> = new Set(['Testnet', 'ShardMap']);
const OF_GROUP: ReadonlySet<string> = new Set(['ConsensusGroup', 'StatefulSet', 'PodDisruptionBudget', 'Service']);

/** Oldest first. */
export function eventSightsOf(
  events: readonly EventObject[],
  testnet: string,
  programs: readonly Program[],
): readonly EventSight[] {
  const objects = new Map(programs.map(({ object, pod }) => [pod.metadata.name, object]));
  return events
    .flatMap((event): readonly EventSight[] => {
      const object = objectOf(event.involvedObject ?? {}, testnet, objects);
      const atMs = atMsOf(event);
      if (object === undefined || Number.isNaN(atMs)) return [];
      const count = event.series?.count ?? event.count ?? 1;
      const message = (event.message ?? '').replaceAll('\n', ' ').trim();
      return [
        {
          atMs,
          object,
          type: event.type === 'Warning' ? 'Warning' : 'Normal',
          reason: event.reason ?? '',
          message: count > 1 ? `${message} (${count} times)` : message,
        },
      ];
    })
    .sort((left, right) => left.atMs - right.atMs);
}

function objectOf(
  { kind = '', name = '' }: NonNullable<EventObject['involvedObject']>,
  testnet: string,
  objects: ReadonlyMap<string, string>,
): string | undefined {
  if (kind === 'Pod') return objects.get(name);
  if (name === testnet) return OF_TESTNET.has(kind) ? testnet : undefined;
  const [, group] = /^-g([0-9]+)$/.exec(name.startsWith(testnet) ? name.slice(testnet.length) : '') ?? [];
  return group !== undefined && OF_GROUP.has(kind) ? `group ${group}` : undefined;
}

function atMsOf({ eventTime, series, lastTimestamp, metadata }: EventObject): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');
}
