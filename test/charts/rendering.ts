// Runs helm for the tests of the charts: found, or built where a cluster is required; else the test is skipped and says why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { findHelm, findOrBuildHelm, type Helm, helmOutput } from '../../scripts/charts/helm.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** A build from nothing, and what it waits for on a busy machine. */
export const HELM_MAX_MS = 600_000;

export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
};

export type Rendering = {
  readonly chart: 'rexnet' | 'testnet';
  readonly values?: object;
  readonly apis?: readonly string[];
  readonly more?: readonly string[];
};

let searched: ReturnType<typeof findHelm> | undefined;

/** Skips the test where there is none. */
export async function helmFor(context: TestContext): Promise<Helm> {
  const required = (process.env['REXNET_REQUIRE'] ?? '').split(',').includes('cluster');
  searched ??= required ? findOrBuildHelm() : findHelm();
  const found = await searched;
  return 'command' in found ? found : context.skip(`cluster: ${found.reason}`);
}

export function chartPath(chart: Rendering['chart']): string {
  return join(ROOT, 'charts', chart);
}

/** The text helm writes, as release `demo` in namespace `lab`. */
export async function render(helm: Helm, { chart, values = {}, apis = [], more = [] }: Rendering): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-chart-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values, { version: '1.1' }));
    const asked = apis.flatMap((api) => ['--api-versions', api]);
    const args = ['template', 'demo', chartPath(chart), '--namespace', 'lab', '--values', file, ...asked, ...more];
    return await helmOutput(helm, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the API server reads them. */
export function objectsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join('\n'));
    const read = document.toJS() as KubeObject | null;
    return read === null ? [] : [read];
  });
}

/** What helm says when it refuses. */
export async function refusal(helm: Helm, rendering: Rendering): Promise<string> {
  const text = await render(helm, rendering).catch((error: unknown) => error);
  if (typeof text === 'string') throw new Error('helm took what it should refuse');
  return text instanceof Error && 'stderr' in text ? String(text.stderr) : String(text);
}
