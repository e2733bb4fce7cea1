// Which files the image has: sources without what only tests use, and of a package what its programs load. Pure rules over
// paths relative to the repository; it reads no folder.
import type { Machine } from './closure.ts';

/** The rooms whose programs pods run, and what those import. */
export const WORKSPACES = ['load', 'node', 'operator', 'preda', 'proto', 'rxctl'] as const;

/** Folders and files of the repository, besides packages. */
export const PARTS: readonly string[] = [
  'LICENSE',
  'package.json',
  'contracts',
  ...WORKSPACES.map((name) => `${name}/package.json`),
  ...WORKSPACES.map((name) => `${name}/src`),
  'proto/google',
  'proto/rexnet',
  'rxctl/bin',
  // What rxctl/bin begins with.
  'scripts/setup.mjs',
];

/** What the build needs besides, and the image has not. */
export const BUILD_PARTS: readonly string[] = ['package-lock.json', 'scripts/image'];

const TEST_FOLDERS = /(^|\/)(testing|testdata|golden)\//;
const TEST_FILES = /\.test\.ts$|\.d\.m?ts$/;

/** `path` lies in one of the parts. */
export function isShippedSource(path: string): boolean {
  return !TEST_FOLDERS.test(path) && !TEST_FILES.test(path);
}

/** Type declarations, sources for other compilers (Node strips no types in packages) and what only people read. */
const NEEDLESS_FILES = /\.([cm]?tsx?|map|flow|md|markdown|c|cc|cpp|h|hpp|gyp|gypi|cmake|lock|tgz|html|css|coffee)$/i;
const NEEDLESS_NAMES = /(^|\/)(CMakeLists\.txt|Makefile|\.[^/]+)$/;
/** At the top of a package only: deeper ones may be part of a program. */
const NEEDLESS_FOLDERS = /^(__tests__|bench|benchmark|coverage|docs?|examples?|tests?|\.[^/]+)\//;
const LICENCES = /(^|\/)(licen[cs]e|notice|copying)[^/]*$/i;
const PREBUILT = /(^|\/)prebuilds\/([^/]+)\//;
/** For another C library, or for one Node only where there is one for all of them. */
const OTHER_BINARIES = /\.musl\.node$|\.abi\d+\.[^/]*node$/;

/** Folders of single packages that a program on Node never loads, by their weight. */
const NEEDLESS_OF: Readonly<Record<string, RegExp>> = {
  lmdb: /^(dependencies|src)\//,
  protobufjs: /^(cli|dist)\//,
  yaml: /^browser\//,
};

/** `path` is relative to the package `name`. */
export function isShippedOfPackage(name: string, path: string, { platform, arch }: Machine): boolean {
  if (LICENCES.test(path)) return true;
  const prebuiltFor = PREBUILT.exec(path)?.[2];
  if (prebuiltFor !== undefined && prebuiltFor !== `${platform}-${arch}`) return false;
  const isNeedless = NEEDLESS_FILES.test(path) || NEEDLESS_NAMES.test(path) || NEEDLESS_FOLDERS.test(path);
  return !isNeedless && !OTHER_BINARIES.test(path) && NEEDLESS_OF[name]?.test(path) !== true;
}

/** Name of the package whose path in the lock file this is. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
