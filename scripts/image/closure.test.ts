import { expect, test } from 'vitest';
import { type Lock, neededPackages } from './closure.ts';

const LINUX = { platform: 'linux', arch: 'x64' };

const LOCK: Lock = {
  packages: {
    '': {},
    node: { dependencies: { '@rexnet/preda': '0.1.0', lmdb: '1', grpc: '1' } },
    preda: {},
    infra: { dependencies: { pulumi: '3' } },
    'node_modules/@rexnet/preda': { link: true, resolved: 'preda' },
    'node_modules/lmdb': {
      dependencies: { long: '1' },
      optionalDependencies: { 'lmdb-linux': '1', 'lmdb-arm': '1', 'lmdb-musl': '1', 'lmdb-gone': '1' },
      peerDependencies: { react: '19', ink: '8' },
      peerDependenciesMeta: { ink: { optional: true } },
    },
    'node_modules/lmdb/node_modules/long': {},
    'node_modules/lmdb-linux': { os: ['linux'], cpu: ['x64'] },
    'node_modules/lmdb-arm': { os: ['linux'], cpu: ['arm64'] },
    'node_modules/lmdb-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    'node_modules/grpc': { dependencies: { long: '2' } },
    'node_modules/long': {},
    'node_modules/react': {},
    'node_modules/ink': {},
    'node_modules/pulumi': {},
    'node_modules/vitest': {},
  },
};

test('packages are found as Node finds them, for this machine, once, and no others', () => {
  expect(neededPackages(LOCK, ['node'], LINUX)).toEqual([
    'node_modules/grpc',
    'node_modules/lmdb',
    'node_modules/lmdb-linux',
    'node_modules/lmdb/node_modules/long',
    'node_modules/long',
    'node_modules/react',
  ]);
});

test('another processor needs another package', () => {
  const needed = neededPackages(LOCK, ['node'], { platform: 'linux', arch: 'arm64' });
  expect(needed.filter((path) => path.includes('lmdb-'))).toEqual(['node_modules/lmdb-arm']);
});

test.each([
  ['a workspace', { packages: {} }, 'the lock file has no node'],
  ['a package', { packages: { node: { dependencies: { lmdb: '1' } } } }, 'the lock file has no lmdb, which node needs'],
])('a lock without %s is refused', (_, lock, message) => {
  expect(() => neededPackages(lock, ['node'], LINUX)).toThrow(message);
});
