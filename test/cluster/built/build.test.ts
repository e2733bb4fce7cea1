// What is built, from what, and where it is kept; and the image that needs no builder.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { kubernetesVersion, linkerFlags, programsFolder } from './build.ts';
import { mountsBelow } from './down.ts';
import { cacheFolder, seenFromHere } from './folders.ts';
import { imageArchive, tar } from './image-archive.ts';
import { fakeNodes } from './kwok.ts';
import { parseRecord } from './record.ts';

test('servers say the version of the module they are built from', () => {
  expect(kubernetesVersion('require (\n\tk8s.io/kubernetes v1.34.4\n)')).toBe('1.34.4');
  expect(linkerFlags('kube', '1.34.4')).toContain('-X k8s.io/component-base/version.gitVersion=v1.34.4');
  expect(linkerFlags('pause', '1.34.4')).toBe('-s -w');
});

test('what is built is kept in the cache of the user', () => {
  expect(cacheFolder({ HOME: '/home/a' })).toBe('/home/a/.cache/rexnet/cluster');
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: '/cache' })).toBe('/cache/rexnet/cluster');
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: 'not/absolute' })).toBe('/home/a/.cache/rexnet/cluster');
  expect(programsFolder({ HOME: '/home/a' })).toMatch(
    /^\/home\/a\/\.cache\/rexnet\/cluster\/kubernetes-1\.[\d.]+-[0-9a-f]{12}$/,
  );
});

test('a path inside a box is found from outside', () => {
  expect(seenFromHere('machine-1', '/var/lib/rexnet/kubelet.yaml')).toBe(
    '/var/lib/rexnet-cluster/boxes/machine-1/var/lib/rexnet/kubelet.yaml',
  );
});

test('an archive has whole blocks, a sum of each header and an end', () => {
  const archive = tar([{ path: 'a', contents: Buffer.from('hello'), mode: '0000755' }]);
  expect(archive.length).toBe(4 * 512);
  expect(archive.toString('latin1', 512, 517)).toBe('hello');
  const header = Buffer.from(archive.subarray(0, 512));
  const told = Number.parseInt(header.toString('latin1', 148, 154), 8);
  header.fill(' ', 148, 156);
  expect(header.reduce((sum, byte) => sum + byte, 0)).toBe(told);
  expect(archive.subarray(1024).every((byte) => byte === 0)).toBe(true);
});

test('an image of one program names its layer by what is in it', () => {
  const image = { reference: 'a/b:1', program: 'pause', contents: Buffer.from('x'), arch: 'x64' };
  const text = imageArchive(image).toString('latin1');
  const layer = tar([{ path: 'pause', contents: image.contents, mode: '0000755' }]);
  expect(text).toContain(`sha256:${createHash('sha256').update(layer).digest('hex')}`);
  expect(text).toContain('"architecture":"amd64"');
  expect(text).toContain('"RepoTags":["a/b:1"]');
  expect(imageArchive(image)).toEqual(imageArchive(image));
});

test('mounts are found by where they are', () => {
  const line = (path: string) => `36 35 98:0 /root ${path} rw,noatime master:1 - ext4 /dev/root rw`;
  const text = [line('/a'), line('/a/b'), line('/ab'), ''].join('\n');
  expect(mountsBelow(text, '/a')).toEqual(['/a', '/a/b']);
});

test.each([
  ['{"machines":3,"programs":"/p"}', true],
  ['{"machines":0,"programs":"/p"}', false],
  ['{"machines":3}', false],
  ['{"mach', false],
])('a record %s is one: %s', (text, isOne) => {
  expect(parseRecord(text) !== undefined).toBe(isOne);
});

test('a fake machine takes only pods that tolerate it', () => {
  const { items } = fakeNodes(2) as { items: { metadata: { name: string }; spec: { taints: object[] } }[] };
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['fake-0', 'fake-1']);
  expect(items[0]!.spec.taints).toEqual([{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }]);
});
