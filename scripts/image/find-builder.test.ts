import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBuilder } from './find-builder.ts';

let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'rexnet-image-'));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** Programs that end as said. */
function programs(scripts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { PATH: bin };
}

const NO_SERVER = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';
const NEEDS_COPIES = 'test "$STORAGE_DRIVER" = vfs';

test.each([
  ['the first that works', { buildah: 'exit 0', docker: 'exit 0' }, 'buildah', undefined],
  ['the next when one does not', { podman: 'exit 1', docker: 'exit 0' }, 'docker', undefined],
  ['one that can only copy layers', { buildah: NEEDS_COPIES }, 'buildah', 'vfs'],
])('%s is chosen', async (_, scripts, builder, driver) => {
  const found = await findBuilder(programs(scripts as Readonly<Record<string, string>>));
  expect([found.builder, found.env['STORAGE_DRIVER']]).toEqual([builder, driver]);
});

test('REXNET_BUILDER decides', async () => {
  const env = programs({ buildah: 'exit 0', podman: 'exit 0' });
  expect((await findBuilder({ ...env, REXNET_BUILDER: 'podman' })).builder).toBe('podman');
  await expect(findBuilder({ ...env, REXNET_BUILDER: 'docker' })).rejects.toThrow('looked for docker');
  await expect(findBuilder({ ...env, REXNET_BUILDER: 'kaniko' })).rejects.toThrow('REXNET_BUILDER names kaniko');
});

test('without one, what was looked for and how to get one are said', async () => {
  await expect(findBuilder(programs({ 'apt-get': 'exit 0' }))).rejects.toThrow(
    'no builder of images (looked for buildah, podman, docker)\n  cure: sudo apt-get install --yes --no-install-recommends buildah',
  );
  await expect(findBuilder(programs({ docker: NO_SERVER }))).rejects.toThrow(
    'docker is here but does not work: Cannot connect to the Docker daemon',
  );
});
