// Writes what in the charts follows from other rooms, then install.yaml and the kustomize base, which need helm; with --check it
// writes nothing, needs no helm, and fails when a file checked in is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { chartFiles, staleChartFiles } from './charts/files.ts';
import { findOrBuildHelm } from './charts/helm.ts';
import { INSTALL_FILES, renderInstall, staleInstallFiles } from './charts/install.ts';

const ROOT = resolve(import.meta.dirname, '..');

if (process.argv.includes('--check')) {
  const stale = [...staleChartFiles(), ...staleInstallFiles()];
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run node scripts/generate-charts.ts`);
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of chartFiles()) write(path, text);
  const helm = await findOrBuildHelm();
  if ('reason' in helm) {
    console.error(`install.yaml not written: ${helm.reason}`);
    process.exitCode = 1;
  } else {
    const text = await renderInstall(helm);
    for (const path of INSTALL_FILES) write(path, text);
  }
}

function write(path: string, text: string): void {
  const full = join(ROOT, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
