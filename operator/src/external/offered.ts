// What an autoscaler may ask of a Testnet, as a table, and the answer in the words of the API external.metrics.k8s.io. Pure: a Testnet in,
// numbers out. A Testnet that is not well has no numbers, so that nobody is scaled by what is missing.
import { isRecord } from '../api/check.ts';
import type { Condition } from '../api/conditions.ts';
import type { TestnetObject } from '../controllers/collections.ts';

const EXTERNAL_GROUP = 'external.metrics.k8s.io';
const EXTERNAL_VERSION = 'v1beta1';
export const EXTERNAL_ROOT = `/apis/${EXTERNAL_GROUP}/${EXTERNAL_VERSION}`;
const GROUP_VERSION = `${EXTERNAL_GROUP}/${EXTERNAL_VERSION}`;
/** The one label of every value. */
export const TESTNET_LABEL = 'testnet';
const MILLI = 1_000;

export type Offered = {
  readonly name: string;
  readonly help: string;
  /** Undefined when nobody knows. */
  readonly of: (status: NonNullable<TestnetObject['status']>) => number | undefined;
};

export const OFFERED: readonly Offered[] = [
  {
    name: 'rexnet_tps',
    help: 'Transactions per second of all groups together, as in status.tps.',
    of: ({ tps }) => number(tps),
  },
  {
    name: 'rexnet_utps',
    help: 'Invocations per second of all groups together, as in status.utps.',
    of: ({ utps }) => number(utps),
  },
  {
    name: 'rexnet_gas_used_ratio',
    help: 'How full blocks are, the mean of all groups, as in status.gasUsedRatio.',
    of: ({ gasUsedRatio }) => number(gasUsedRatio),
  },
  {
    name: 'rexnet_groups',
    help: 'Groups that exist, as in status.groups.',
    of: ({ groups }) => groups,
  },
];

function number(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** What there is to ask for. */
export function resourceList(): unknown {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: GROUP_VERSION,
    resources: OFFERED.map(({ name }) => ({
      name,
      singularName: '',
      namespaced: true,
      kind: 'ExternalMetricValueList',
      verbs: ['get'],
    })),
  };
}

export function valueList(offered: Offered, testnets: readonly TestnetObject[], wallMs: number): unknown {
  const timestamp = new Date(wallMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const items = testnets.flatMap(({ metadata, status }) => {
    const value = status === undefined || !isReady(status.conditions) ? undefined : offered.of(status);
    if (value === undefined) return [];
    const metricLabels = { [TESTNET_LABEL]: metadata.name };
    return [{ metricName: offered.name, metricLabels, timestamp, value: `${Math.round(value * MILLI)}m` }];
  });
  return { kind: 'ExternalMetricValueList', apiVersion: GROUP_VERSION, metadata: {}, items };
}

function isReady(conditions: unknown): boolean {
  if (!Array.isArray(conditions)) return false;
  return (conditions as readonly Condition[]).some(
    (one) => isRecord(one) && one.type === 'Ready' && one.status === 'True',
  );
}

/** The Testnet a selector names, `all` without one; undefined for selectors that are not understood. */
export function selectedTestnet(selector: string): { readonly name: string } | 'all' | undefined {
  if (selector.trim() === '') return 'all';
  const match = /^\s*([^\s=!,()]+)\s*(?:==?\s*([^\s=!,()]+)|in\s*\(\s*([^\s=!,()]+)\s*\))\s*$/.exec(selector);
  const [, label, equal, among] = match ?? [];
  const name = equal ?? among;
  return label === TESTNET_LABEL && name !== undefined ? { name } : undefined;
}
