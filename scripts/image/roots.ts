// What lies in the roots that are made without a registry: that of a base with Node alone, and that of bitcoind's image.
// Pure: lists of what to copy and to write.
import { type Library, placeOf } from './libraries.ts';

export type Copy = { readonly from: string; readonly to: string };

export type RootPlan = {
  readonly copies: readonly Copy[];
  readonly texts: Readonly<Record<string, string>>;
  /** Empty ones: what a container runtime mounts over. */
  readonly folders: readonly string[];
};

const MOUNTED = ['/dev', '/proc', '/sys', '/tmp'] as const;
const NOBODY_LOGS_IN = '/sbin/nologin';
const PASSWD = (home: string): string =>
  [`root:x:0:0:root:/root:${NOBODY_LOGS_IN}`, `node:x:1000:1000:node:${home}:${NOBODY_LOGS_IN}`, ''].join('\n');
const GROUP = 'root:x:0:\nnode:x:1000:\n';
/** Names of pods come from the cluster's DNS, after the hosts file. */
const NAME_SERVICES = 'passwd: files\ngroup: files\nhosts: files dns\n';

/** Loaded by name at run time where the C library is older than 2.34; ldd does not see them. */
export const NAME_LIBRARIES = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'] as const;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export type BaseParts = {
  readonly node: string;
  readonly libraries: readonly Library[];
  /** Whether this machine has a file. */
  readonly isThere: (path: string) => boolean;
};

export function planBase({ node, libraries, isThere }: BaseParts): RootPlan {
  const folders = new Set(libraries.flatMap(({ name, path }) => (name.startsWith('/') ? [] : [folderOf(path)])));
  const byName = [...folders].flatMap((folder) => NAME_LIBRARIES.map((name) => `${folder}/${name}`));
  const asTheyLie = [...byName, CERTIFICATES].filter(isThere).map((path) => ({ from: path, to: path }));
  return {
    copies: once([
      { from: node, to: '/usr/local/bin/node' },
      ...libraries.map((library) => copyOf(library)),
      ...asTheyLie,
    ]),
    texts: { '/etc/passwd': PASSWD('/home/node'), '/etc/group': GROUP, '/etc/nsswitch.conf': NAME_SERVICES },
    folders: [...MOUNTED, '/home/node'],
  };
}

export type BitcoindParts = {
  readonly program: string;
  readonly libraries: readonly Library[];
  /** Where program and libraries were fetched to; empty for those of the machine. */
  readonly from: string;
};

export function planBitcoind({ program, libraries, from }: BitcoindParts): RootPlan {
  return {
    copies: once([{ from: program, to: '/usr/bin/bitcoind' }, ...libraries.map((library) => copyOf(library, from))]),
    texts: { '/etc/passwd': PASSWD('/data'), '/etc/group': GROUP, '/etc/nsswitch.conf': NAME_SERVICES },
    folders: [...MOUNTED, '/data', '/etc/bitcoin'],
  };
}

function copyOf(library: Library, from = ''): Copy {
  return { from: library.path, to: placeOf(library, from) };
}

/** Several programs load the same libraries. */
function once(copies: readonly Copy[]): readonly Copy[] {
  return [...new Map(copies.map((copy) => [copy.to, copy])).values()];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
