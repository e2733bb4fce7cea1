// An image that differs from another in name and in the files a test names, as a version before it would: so that a test of what an
// upgrade touches sees those differences alone. It asks no builder.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './program.ts';

const TAR_MAX_MS = 60_000;

interface Manifest {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

interface ImageConfig {
  readonly config: { readonly Labels?: Readonly<Record<string, string>> };
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly object[];
}

const LAYER = 'edited.tar';

/**
 * From an archive as `docker save` writes it another, under the new name, with texts of files by their path in the image; the caller
 * removes it with what it returns.
 */
export async function earlierImage(
  archive: string,
  image: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly archive: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-earlier-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await run('tar', ['-xf', archive, '-C', folder], { deadlineMs: TAR_MAX_MS });
    const [manifest] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Manifest[];
    if (manifest === undefined) throw new Error(`${archive} has no image`);
    const { config, ...rest } = JSON.parse(readFileSync(join(folder, manifest.Config), 'utf8')) as ImageConfig;
    const labels = { ...config.Labels, 'org.opencontainers.image.ref.name': image };
    const layer = await layerOf(folder, files);
    const text = JSON.stringify({
      ...rest,
      config: { ...config, Labels: labels },
      rootfs: { ...rest.rootfs, diff_ids: [...rest.rootfs.diff_ids, layer] },
      history: [...(rest.history ?? []), { created_by: 'an edit of files' }],
    });
    const own = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(join(folder, own), text);
    const written: Manifest = { Config: own, RepoTags: [image], Layers: [...manifest.Layers, LAYER] };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([written]));
    const result = join(folder, 'image.tar');
    const parts = ['manifest.json', own, ...written.Layers];
    await run('tar', ['-cf', result, '-C', folder, ...parts], { deadlineMs: TAR_MAX_MS });
    return { archive: result, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Of everybody to read, as all of the image is. The answer is what the configuration calls the layer. */
async function layerOf(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  const tree = join(folder, 'edited');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const layer = join(folder, LAYER);
  const names = Object.keys(files).map((path) => `./${path}`);
  const plain = ['--owner=0', '--group=0', '--mode=u=rw,go=r', '--format=gnu'];
  await run('tar', ['-cf', layer, ...plain, '-C', tree, ...names], { deadlineMs: TAR_MAX_MS });
  return `sha256:${createHash('sha256').update(readFileSync(layer)).digest('hex')}`;
}
