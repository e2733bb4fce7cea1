// From a plan to the processes that carry it out on one machine: command lines and nothing else.
import { join } from 'node:path';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import type { ChildSpec } from './child.ts';
import { type Folders, REPOSITORY } from './folders.ts';
import { LOOPBACK } from './ports.ts';

/** The parent chain as far as the miners see it. */
export type ParentEndpoint =
  | { readonly kind: 'toy' }
  | {
      readonly kind: 'regtest';
      readonly command: string;
      readonly args: readonly string[];
      readonly url: string;
      readonly cookieFile: string;
    };

export type ChildrenInput = {
  readonly plan: Plan;
  readonly folders: Folders;
  readonly ports: Readonly<Record<string, number>>;
  readonly parent: ParentEndpoint;
  readonly programs: Programs;
  /** Nodes compare live memory with the recorded history at every checkpoint. */
  readonly checkState: boolean;
};

/** The sources that are run; a test puts others in their place. */
export type Programs = { readonly node: string; readonly load: string };
export const PROGRAMS: Programs = {
  node: join(REPOSITORY, 'node', 'src', 'main.ts'),
  load: join(REPOSITORY, 'load', 'src', 'main.ts'),
};

const LOAD_GRACE_MS = 500;

/** Every port a plan needs has a name. */
export function portNames(plan: Plan): readonly string[] {
  const nodes = plan.groups.flatMap(({ nodes: members }) => members.map(({ name }) => name));
  return [
    ...nodes.flatMap((name) => [`${name}.grpc`, `${name}.peer`, `${name}.metrics`]),
    ...plan.miners.map(({ name }) => `${name}.metrics`),
    ...(plan.bitcoin.kind === 'regtest' ? ['bitcoind.rpc'] : []),
  ];
}

/** The process that listens on a named port. */
export function portOwner(portName: string): string {
  return portName.split('.')[0] ?? portName;
}

export function addressOf(ports: Readonly<Record<string, number>>, portName: string): string {
  const port = ports[portName];
  if (port === undefined) throw new Error(`no port ${portName}`);
  return `${LOOPBACK}:${port}`;
}

/**
 * Many small processes share this machine: without this the allocator keeps an arena a thread, raises by itself the size from
 * which on memory goes back to the system, so that holes between large buffers grow for minutes, and V8 takes 48 MB of young space.
 */
const SMALL_HEAPS = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
const YOUNG_SPACE = '--max-semi-space-size=2';

/** The contents of peers.json. */
export function peersOf(plan: Plan, ports: Readonly<Record<string, number>>): string {
  const groups = plan.groups.map(({ group, nodes }) => [
    String(group),
    nodes.map(({ name }) => ({
      node: name,
      grpc: addressOf(ports, `${name}.grpc`),
      peer: addressOf(ports, `${name}.peer`),
    })),
  ]);
  return `${JSON.stringify({ groups: Object.fromEntries(groups) }, undefined, 2)}\n`;
}

/** bitcoind, nodes, miners; in the order in which they are started. */
export function childrenOf(input: ChildrenInput): readonly ChildSpec[] {
  const { plan, parent } = input;
  if (plan.suspended) return [];
  const bitcoind = parent.kind === 'regtest' ? [keptChild('bitcoind', parent.command, parent.args)] : [];
  return [
    ...bitcoind,
    ...plan.groups.flatMap(({ nodes }) => nodes.map((node) => nodeChild(input, node))),
    ...plan.miners.map((miner) => minerChild(input, miner)),
  ];
}

function nodeChild(
  { folders, ports, checkState, programs }: ChildrenInput,
  { name, group, ordinal }: Plan['groups'][number]['nodes'][number],
): ChildSpec {
  return keptChild(name, process.execPath, [
    ...[
      YOUNG_SPACE,
      programs.node,
      'run',
      '--genesis',
      folders.genesis,
      '--data',
      folders.node(name),
      '--group',
      String(group),
      '--peers',
      folders.peers,
    ],
    ...[
      '--grpc',
      addressOf(ports, `${name}.grpc`),
      '--peer-grpc',
      addressOf(ports, `${name}.peer`),
      '--metrics',
      addressOf(ports, `${name}.metrics`),
    ],
    // One node a group: the faucet signs with one key, in the group that holds its account.
    ...(ordinal === 0 ? ['--faucet'] : []),
    ...(checkState ? ['--check-state'] : []),
  ]);
}

function minerChild(
  { folders, ports, parent, programs }: ChildrenInput,
  { name, cpuPercent }: Plan['miners'][number],
): ChildSpec {
  return keptChild(name, process.execPath, [
    ...[YOUNG_SPACE, programs.node, 'mine', '--genesis', folders.genesis, '--peers', folders.peers],
    ...(parent.kind === 'toy' ? ['--toy-parent'] : ['--bitcoind', parent.url, '--bitcoind-cookie', parent.cookieFile]),
    ...['--cpu', `${cpuPercent}%`, '--metrics', addressOf(ports, `${name}.metrics`)],
  ]);
}

/** The load generator: told by a file, it writes its report to another, and ends by itself when its time is over. */
export function loadChild(folders: Folders, programs: Programs, metrics?: string): ChildSpec {
  return {
    name: 'load',
    command: process.execPath,
    args: [
      ...[YOUNG_SPACE, programs.load, '--spec', folders.loadSpec],
      ...(metrics === undefined ? [] : ['--metrics', metrics]),
    ],
    env: SMALL_HEAPS,
    leftover: 'end',
    restart: 'once',
    // Told to stop it would first wait for what is under way; who stops a network does not.
    graceMs: LOAD_GRACE_MS,
  };
}

function keptChild(name: string, command: string, args: readonly string[]): ChildSpec {
  return { name, command, args, env: SMALL_HEAPS, leftover: 'adopt', restart: 'always' };
}
