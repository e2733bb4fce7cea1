// Where the kernel accounts for what pods of a machine use: one control group per machine, at the top, in every hierarchy there is.
// It limits nothing itself; kubelets make their groups below.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../local/until.ts';
import { CGROUP_PREFIX } from './plan.ts';

const TOP = '/sys/fs/cgroup';
const END_MAX_MS = 15_000;
/** A new group of processors may use none until told which. */
const CPUSET_FILES = ['cpuset.cpus', 'cpuset.mems'];

/** Version 2 has one hierarchy, version 1 one per controller and often one of version 2 beside them; links are second names. */
export function hierarchies(top: string = TOP): readonly string[] {
  if (existsSync(join(top, 'cgroup.controllers'))) return [top];
  if (!existsSync(top)) return [];
  return readdirSync(top)
    .map((name) => join(top, name))
    .filter((path) => lstatSync(path).isDirectory() && existsSync(join(path, 'cgroup.procs')));
}

export function makeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const path = join(hierarchy, name);
    mkdirSync(path, { recursive: true });
    if (!existsSync(join(hierarchy, 'tasks'))) continue;
    for (const file of CPUSET_FILES)
      if (existsSync(join(path, file))) writeFileSync(join(path, file), readFileSync(join(hierarchy, file), 'utf8'));
  }
}

export function ourCgroups(top: string = TOP): readonly string[] {
  return hierarchies(top).flatMap((hierarchy) =>
    readdirSync(hierarchy)
      .filter((name) => name.startsWith(CGROUP_PREFIX))
      .map((name) => join(hierarchy, name)),
  );
}

/** Ends all that runs in a group and below it. */
export async function endCgroup(name: string): Promise<void> {
  await until({
    what: `the end of all processes of ${name}`,
    withinMs: END_MAX_MS,
    look: () => {
      const pids = hierarchies().flatMap((hierarchy) => processesBelow(join(hierarchy, name)));
      for (const pid of pids) kill(pid);
      return pids;
    },
    holds: (left) => left.length === 0,
  });
}

/** Ends what still runs in our groups, and removes them. */
export async function removeCgroups(): Promise<void> {
  await until({
    what: 'the end of our control groups',
    withinMs: END_MAX_MS,
    look: () => {
      for (const group of ourCgroups()) removeTree(group);
      return ourCgroups();
    },
    holds: (left) => left.length === 0,
  });
}

/** Deepest first; a group whose processes are still ending is left for the next time. */
function removeTree(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    for (const pid of processesOf(path)) kill(pid);
    rmdirSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function processesBelow(path: string): readonly number[] {
  try {
    const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...processesOf(path), ...below.flatMap(({ name }) => processesBelow(join(path, name)))];
  } catch (error) {
    // It went while we looked.
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

function processesOf(path: string): readonly number[] {
  return readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
