// The same image under another name: what a rolling update needs, without building anything twice.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster-type.ts';
import { run } from './program.ts';

const INDEX = 'manifest.json';

/** Puts what an archive holds onto every machine as `image`. */
export async function importAs(cluster: Cluster, archive: string, image: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-image-'));
  const parts = join(folder, 'parts');
  const renamed = join(folder, 'renamed.tar');
  try {
    mkdirSync(parts);
    await run('tar', ['-xf', archive, '-C', parts]);
    const [entry] = JSON.parse(readFileSync(join(parts, INDEX), 'utf8')) as readonly object[];
    rmSync(join(parts, INDEX));
    writeFileSync(join(parts, INDEX), JSON.stringify([{ ...entry, RepoTags: [image] }]));
    await run('tar', ['-cf', renamed, '-C', parts, ...readdirSync(parts)]);
    await cluster.importImage(renamed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
