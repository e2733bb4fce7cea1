// Which packages of the lock file some workspaces need in production on one machine. Pure: it is given the lock, and asks npm
// nothing, so a folder with development packages in it serves as well as one without.

export type LockedPackage = {
  readonly version?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  /** In words of SPDX. */
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
};

export type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> };

/** As Node names them. */
export type Machine = { readonly platform: string; readonly arch: string };

/** The C library of every base we run on. */
const LIBC = 'glibc';

/** Paths of the packages, sorted; workspaces and links to them are not among them. */
export function neededPackages(lock: Lock, workspaces: readonly string[], machine: Machine): readonly string[] {
  const needed = new Set<string>();
  const open = [...workspaces];
  const seen = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entry = lock.packages[path];
    if (entry === undefined) throw new RangeError(`the lock file has no ${path}`);
    if (entry.link !== true && path.includes('node_modules/')) needed.add(path);
    for (const next of nextOf(lock, path, entry, machine)) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return [...needed].sort();
}

function nextOf(lock: Lock, path: string, entry: LockedPackage, machine: Machine): readonly string[] {
  if (entry.link === true) return entry.resolved === undefined ? [] : [entry.resolved];
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = entry;
  const maybe = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  const names = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...maybe]);
  return [...names].flatMap((name) => {
    const found = resolvePackage(lock, path, name);
    if (found !== undefined) return runsOn(lock.packages[found] ?? {}, machine) ? [found] : [];
    if (dependencies[name] === undefined || optionalDependencies[name] !== undefined) return [];
    throw new RangeError(`the lock file has no ${name}, which ${path} needs`);
  });
}

/** As Node looks for it: in the node_modules of the package itself, then of each folder above. */
function resolvePackage(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = folderAbove(at)) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock.packages[path] !== undefined) return path;
    if (at === '') return undefined;
  }
}

function folderAbove(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')));
}

function runsOn({ os, cpu, libc }: LockedPackage, { platform, arch }: Machine): boolean {
  return (os?.includes(platform) ?? true) && (cpu?.includes(arch) ?? true) && (libc?.includes(LIBC) ?? true);
}
