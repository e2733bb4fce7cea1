import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../setup.mjs';
import { neededPackages } from './closure.ts';
import { BUILD_PARTS, isShippedOfPackage, isShippedSource, PARTS, packageName, WORKSPACES } from './shipped.ts';
import { readLock } from './tree.ts';

const LINUX = { platform: 'linux', arch: 'arm64' };

test.each([
  ['node/src/main.ts', true],
  ['node/src/main.test.ts', false],
  ['node/src/rpc/testing/fake-node.ts', false],
  ['preda/src/testing.ts', true],
  ['preda/src/golden/token.wat', false],
  ['operator/src/plan/kube/testdata/large.yaml', false],
  ['preda/src/webassembly.d.ts', false],
  ['contracts/token.prd', true],
  ['proto/rexnet/v1/node.proto', true],
])('of the sources, %s is in the image: %s', (path, isIn) => {
  expect(isShippedSource(path)).toBe(isIn);
});

test.each([
  ['yaml', 'dist/index.js', true],
  ['yaml', 'dist/test-events.js', true],
  ['yaml', 'dist/index.d.ts', false],
  ['yaml', 'browser/index.js', false],
  ['yaml', 'LICENSE', true],
  ['yaml', 'README.md', false],
  ['pako', 'LICENSE.md', true],
  ['jose', 'dist/x.js.map', false],
  ['jsep', 'test/index.js', false],
  ['jsep', 'dist/test/index.js', true],
  ['tslib', '.github/workflow.yml', false],
  ['lmdb', 'dependencies/lz4/lz4.c', false],
  ['lmdb', 'dict/dict.txt', true],
  ['@lmdb/lmdb-linux-arm64', 'node.napi.glibc.node', true],
  ['@lmdb/lmdb-linux-arm64', 'node.abi127.glibc.node', false],
  ['@lmdb/lmdb-linux-arm64', 'node.napi.musl.node', false],
  ['sodium-native', 'prebuilds/linux-arm64/sodium-native.node', true],
  ['sodium-native', 'prebuilds/linux-x64/sodium-native.node', false],
  ['sodium-native', 'prebuilds/darwin-arm64/sodium-native.node', false],
  ['grpc-health-check', 'proto/health/v1/health.proto', true],
])('of package %s, %s is in the image: %s', (name, path, isIn) => {
  expect(isShippedOfPackage(name, path, LINUX)).toBe(isIn);
});

function sources(part: string): readonly string[] {
  const top = join(ROOT, part);
  const files = statSync(top).isFile()
    ? [part]
    : readdirSync(top, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [relative(ROOT, join(entry.parentPath, entry.name))] : [],
      );
  return files.filter(isShippedSource);
}

const IMPORT =
  /^(?:import|export)\b[^;']*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)|createRequire\([^)]*\)\('([^']+)'\)/gm;

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/^import type [^;]*;$/gm, '');
  return [...text.matchAll(IMPORT)].flatMap((match) => match.slice(1).find((name) => name !== undefined) ?? []);
}

/** `@scope/name/file.js` and `name/file.js` are files of a package. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const GENERATORS = /^proto\/src\/generate\.ts$/;

test('whatever a file of the image imports is in the image', () => {
  const shipped = PARTS.flatMap(sources);
  const files = new Set(shipped);
  const packages = new Set(
    neededPackages(readLock(ROOT), WORKSPACES, { platform: 'linux', arch: 'x64' }).map(packageName),
  );
  const isIn = (file: string, specifier: string): boolean => {
    if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return true;
    if (specifier.startsWith('.')) return files.has(relative(ROOT, resolve(ROOT, dirname(file), specifier)));
    const ours = /^@rexnet\/([^/]+)\/(.+)$/.exec(specifier);
    return ours === null ? packages.has(packageOf(specifier)) : files.has(`${ours[1]}/src/${ours[2]}`);
  };
  const absent = shipped
    .filter((file) => /\.(ts|mjs)$/.test(file) && !GENERATORS.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !isIn(file, specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
  expect(files.size).toBeGreaterThan(300);
  expect(absent).toEqual([]);
});

test('a builder is sent what the image is made of, and nothing else', () => {
  const read = (name: string): readonly string[] =>
    readFileSync(join(ROOT, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const lines = read('.containerignore');
  const sent = lines.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const manifests = (path: string): string => (path.endsWith('/package.json') ? '*/package.json' : path);
  expect(lines[0]).toBe('*');
  expect([...sent].sort()).toEqual([...new Set([...PARTS, ...BUILD_PARTS].map(manifests))].sort());
  expect(sent.filter((path) => !path.includes('*') && !existsSync(join(ROOT, path)))).toEqual([]);
  // docker knows the same file by its own name only.
  expect(read('.dockerignore')).toEqual(lines);
});
