// Where a built cluster keeps what. Every box sees its own `var` as /var and an own, empty /run, so that each program in it finds
// its usual places and nothing of them is left on this machine. Pure: it creates nothing.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** One per machine, because names of networks and cgroups are: two users meet here and are told so. */
export const ROOT = '/var/lib/rexnet-cluster';
/** Held while a cluster is brought up or taken down. */
export const LOCK = '/run/rexnet-cluster.lock';

export const FOLDERS = {
  record: join(ROOT, 'cluster.json'),
  kubeconfig: join(ROOT, 'kubeconfig'),
  pki: join(ROOT, 'pki'),
  run: join(ROOT, 'run'),
  logs: join(ROOT, 'logs'),
  /** Of volumes that every machine reaches. */
  network: join(ROOT, 'network'),
};

/** What a box sees as /var. */
export function boxVar(box: string): string {
  return join(ROOT, 'boxes', box, 'var');
}

/** What a box sees as /tmp. */
export function boxTmp(box: string): string {
  return join(ROOT, 'boxes', box, 'tmp');
}

/** Our own part of a box's /var, as seen from inside. */
export const INSIDE = {
  home: '/var/lib/rexnet',
  bin: '/var/lib/rexnet/bin',
  pki: '/var/lib/rexnet/pki',
  volumes: '/var/lib/rexnet/volumes',
  network: '/var/lib/rexnet/network',
  audit: '/var/log/audit.log',
  containerdSocket: '/run/containerd/containerd.sock',
};

/** A path of the inside of a box as this machine sees it. */
export function seenFromHere(box: string, inside: string): string {
  return join(boxVar(box), inside.replace(/^\/var\//, ''));
}

/** Programs that took minutes to build outlive the cluster, and the clone of the repository. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env['XDG_CACHE_HOME'];
  const base = given?.startsWith('/') === true ? given : join(env['HOME'] ?? homedir(), '.cache');
  return join(base, 'rexnet', 'cluster');
}
