// The ConfigMap of a LoadTest: what was measured so far, what is measured, and at the end the artefacts, as `rxctl bench scale` leaves
// them. It is what remains between two looks; nothing in it is kept anywhere else.
import type { V1ConfigMap } from '@kubernetes/client-node';
import { drawChart } from '@rexnet/load/verdict/chart.ts';
import { renderPage } from '@rexnet/load/verdict/markdown.ts';
import { pointTable } from '@rexnet/load/verdict/point-table.ts';
import { LABELS, scaleChart } from '@rexnet/load/verdict/scale-chart.ts';
import type { Verdict } from '@rexnet/load/verdict/verdict.ts';
import { API_VERSION } from '../api/definition.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import { parseTestnet } from '../api/parse.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import { CONFIG_MAP_MAX_BYTES } from './kube/bounds.ts';
import { type LoadTestId, loadTestLabels, resultsName } from './load-test-names.ts';
import { ownedBy } from './load-test-point.ts';
import { parseReadings, printReadings } from './load-test-readings.ts';
import { profileOf, type Taken } from './load-test-slots.ts';

/** Keys of the ConfigMap. */
export const RESULT = {
  /** The Testnet as it was when the first point began: a change of it must not bend the curve. */
  testnet: 'testnet.json',
  readings: 'readings.json',
  report: 'report.json',
  page: 'report.md',
  chart: 'report.svg',
} as const;

export type Results = { readonly measured: TestnetSpec; readonly taken: readonly Taken[] };

export type Artefacts = { readonly verdict: Verdict; readonly facts: readonly (readonly [string, string])[] };

export function resultsConfigMap(
  id: LoadTestId,
  spec: LoadTestSpec,
  { measured, taken }: Results,
  artefacts?: Artefacts,
): V1ConfigMap {
  const data = {
    [RESULT.testnet]: `${JSON.stringify(measured)}\n`,
    [RESULT.readings]: printReadings(taken),
    ...(artefacts === undefined ? {} : artefactsOf(spec, artefacts)),
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: resultsName(id.name),
      namespace: id.namespace,
      labels: loadTestLabels(id.name, spec.testnet),
      ownerReferences: [ownedBy(id)],
    },
    data: bounded(data),
  };
}

/** Undefined for what holds no Testnet that could be measured. */
export function parseResults(data: Readonly<Record<string, string>> = {}, testnet: string): Results | undefined {
  const measured = testnetIn(data[RESULT.testnet] ?? '', testnet);
  return measured === undefined ? undefined : { measured, taken: parseReadings(data[RESULT.readings] ?? '[]') };
}

function artefactsOf(spec: LoadTestSpec, { verdict, facts }: Artefacts): Record<string, string> {
  const { groups, workload } = spec;
  const profile = profileOf(spec);
  const title = `${workload} on ${groups.join(', ')} groups`;
  const label = LABELS[profile];
  const settings = Object.fromEntries(facts);
  const report = { bench: 'scale', label, profile, ...verdict, settings };
  const footnote = `LoadTest, ${spec.repeats} × ${spec.duration}`;
  return {
    [RESULT.report]: `${JSON.stringify(report, undefined, 2)}\n`,
    [RESULT.page]: renderPage({
      title,
      label,
      verdict: `${verdict.verdict}: ${verdict.reason}`,
      tables: [pointTable(verdict.points)],
      facts,
      chart: RESULT.chart,
    }),
    [RESULT.chart]: drawChart(scaleChart({ title, profile, verdict, footnote })),
  };
}

/** The store behind the API server refuses more; readings and report come first. */
function bounded(data: Readonly<Record<string, string>>): Record<string, string> {
  let left = CONFIG_MAP_MAX_BYTES;
  const kept = Object.entries(data).filter(([key, text]) => {
    const bytes = Buffer.byteLength(text) + key.length;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
  return Object.fromEntries(kept);
}

function testnetIn(text: string, name: string): TestnetSpec | undefined {
  try {
    const parsed = parseTestnet({
      apiVersion: API_VERSION,
      kind: 'Testnet',
      metadata: { name },
      spec: JSON.parse(text),
    });
    return 'testnet' in parsed ? parsed.testnet.spec : undefined;
  } catch {
    return undefined;
  }
}
