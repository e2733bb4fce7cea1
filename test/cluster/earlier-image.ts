// An image that differs from another in name and identity only, as a version before it would: same programs, so that a test of what an
// upgrade touches sees the upgrade alone. It asks no builder.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './program.ts';

const TAR_MAX_MS = 60_000;

interface Manifest {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

interface ImageConfig {
  readonly config: { readonly Labels?: Readonly<Record<string, string>> };
}

/** From an archive as `docker save` writes it, uses another, under the new name; the caller removes it with what it returns. */
export async function earlierImage(
  archive: string,
  image: string,
): Promise<{ readonly archive: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-earlier-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await run('tar', ['-xf', archive, '-C', folder], { deadlineMs: TAR_MAX_MS });
    const [manifest] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Manifest[];
    if (manifest === undefined) throw new Error(`${archive} has no image`);
    const { config, ...rest } = JSON.parse(readFileSync(join(folder, manifest.Config), 'utf8')) as ImageConfig;
    const labels = { ...config.Labels, 'org.opencontainers.image.ref.name': image };
    const text = JSON.stringify({ ...rest, config: { ...config, Labels: labels } });
    const own = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(join(folder, own), text);
    const written: Manifest = { Config: own, RepoTags: [image], Layers: manifest.Layers };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([written]));
    const result = join(folder, 'image.tar');
    const parts = ['manifest.json', own, ...manifest.Layers];
    await run('tar', ['-cf', result, '-C', folder, ...parts], { deadlineMs: TAR_MAX_MS });
    return { archive: result, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
