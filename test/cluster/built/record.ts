// What `up` writes down before it makes anything: the next `up` or `down` knows from it whose cluster this is and whether it lives.
import { existsSync, mkdirSync } from 'node:fs';
import { readIfThere, writeAtomically } from '../../../rxctl/src/local/files.ts';
import { identify, isAlive, type ProcessIdentity } from '../../../rxctl/src/local/process-identity.ts';
import type { ClusterDescription } from '../cluster-type.ts';
import { holderOf, type Lifetime } from './box.ts';
import { FOLDERS, ROOT } from './folders.ts';
import { MACHINES_MAX, planCluster } from './plan.ts';

export type ClusterRecord = {
  readonly machines: number;
  /** Where its programs are. */
  readonly programs: string;
  /** The process it ends with; absent for one that a person ends. */
  readonly opener?: ProcessIdentity;
  /** The process that is bringing it up; absent when it is whole. */
  readonly maker?: ProcessIdentity;
};

export type Found =
  | { readonly kind: 'none' }
  /** Somebody is using it. */
  | { readonly kind: 'up'; readonly record: ClusterRecord }
  | { readonly kind: 'coming'; readonly maker: ProcessIdentity }
  /** What a crash or a reboot left. */
  | { readonly kind: 'leftover' }
  /** Of root, and we are not. */
  | { readonly kind: 'hidden' };

const HIDDEN = Symbol('a record that may not be read');

export type NewRecord = Pick<ClusterRecord, 'machines' | 'programs'> & {
  readonly lifetime: Lifetime;
  readonly isWhole: boolean;
};

export function writeRecord({ machines, programs, lifetime, isWhole }: NewRecord): void {
  const self = identify(process.pid);
  const owners = { ...(lifetime === 'opener' ? { opener: self } : {}), ...(isWhole ? {} : { maker: self }) };
  mkdirSync(ROOT, { recursive: true, mode: 0o700 });
  writeAtomically(FOLDERS.record, `${JSON.stringify({ machines, programs, ...owners }, undefined, 2)}\n`);
}

export function findCluster(): Found {
  const text = readRecord();
  // `down` may have been killed when the record was gone and the disks of etcd were not.
  if (text === undefined) return { kind: existsSync(ROOT) ? 'leftover' : 'none' };
  if (text === HIDDEN) return { kind: 'hidden' };
  const record = parseRecord(text);
  if (record?.maker !== undefined)
    return isAlive(record.maker) ? { kind: 'coming', maker: record.maker } : { kind: 'leftover' };
  return record !== undefined && isUp(record) ? { kind: 'up', record } : { kind: 'leftover' };
}

/** Where the programs of the cluster are that comes up, or is up. */
export function programsOfRecord(): string | undefined {
  const text = readRecord();
  return typeof text === 'string' ? parseRecord(text)?.programs : undefined;
}

function readRecord(): string | typeof HIDDEN | undefined {
  try {
    return readIfThere(FOLDERS.record);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return HIDDEN;
    throw error;
  }
}

/** Undefined for a record that cannot be one: what it belongs to is a leftover. */
export function parseRecord(text: string): ClusterRecord | undefined {
  try {
    const record = JSON.parse(text) as ClusterRecord;
    const { machines, programs } = record;
    const isSane = Number.isInteger(machines) && machines >= 1 && machines <= MACHINES_MAX;
    return isSane && typeof programs === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

function isUp({ machines, opener }: ClusterRecord): boolean {
  if (opener !== undefined) return isAlive(opener);
  const plan = planCluster(machines);
  return [plan.control, ...plan.machines].every(({ name }) => holderOf(name) !== undefined);
}

export function describeBuilt(machines: number): ClusterDescription {
  const names = planCluster(machines).machines.map(({ name }) => name);
  return { kind: 'built', kubeconfig: FOLDERS.kubeconfig, machines: names };
}

/** The built cluster that is up, whoever brought it up. */
export function builtHere(): ClusterDescription | undefined {
  const found = findCluster();
  return found.kind === 'up' ? describeBuilt(found.record.machines) : undefined;
}

/** One that stays until a person ends it: that of other tests would be gone with them. */
export function lastingHere(): ClusterDescription | undefined {
  const found = findCluster();
  return found.kind === 'up' && found.record.opener === undefined ? describeBuilt(found.record.machines) : undefined;
}

/** Whoever else has a cluster up, as a sentence goes on: undefined when nobody has. */
export function otherUser(found: Found): string | undefined {
  if (found.kind === 'coming')
    return found.maker.pid === process.pid ? undefined : `process ${found.maker.pid} is bringing a cluster up`;
  if (found.kind !== 'up') return undefined;
  const { machines, opener } = found.record;
  if (opener?.pid === process.pid) return undefined;
  const cluster = `a cluster of ${machines} ${machines === 1 ? 'machine' : 'machines'} is up`;
  return opener === undefined
    ? `${cluster}: npm run cluster down ends it`
    : `${cluster} for the tests of process ${opener.pid}: wait for their end`;
}
