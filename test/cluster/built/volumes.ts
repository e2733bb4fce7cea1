// Disks for claims: folders of each machine as local volumes, under the default StorageClass, and folders that every machine reaches alike,
// as disks of a network are. There is no provisioner, so there are only so many, and one that was used is not used again. Nobody sees to it
// that one machine at a time has a disk of the network: who takes it from a machine that may still write ends that machine first. Pure.
import { INSIDE } from './folders.ts';
import type { ClusterPlan } from './plan.ts';

const VOLUMES_PER_MACHINE = 24;
const NETWORK_VOLUMES = 24;
const VOLUME_SIZE = '10Gi';
export const STORAGE_CLASS = 'local';
export const NETWORK_CLASS = 'network';

/** Inside each machine's box. */
export function localVolumePaths(): readonly string[] {
  return numbered(INSIDE.volumes, VOLUMES_PER_MACHINE);
}

/** Inside every box the same. */
export function networkVolumePaths(): readonly string[] {
  return numbered(INSIDE.network, NETWORK_VOLUMES);
}

/** The classes come first: a claim made before its class may wait for long. */
export function volumeObjects({ machines }: ClusterPlan): object {
  const local = machines.flatMap(({ name }) =>
    localVolumePaths().map((path, i) => localVolume(`${name}-${i}`, name, path)),
  );
  const network = networkVolumePaths().map((path, i) => networkVolume(`network-${i}`, path));
  const classes = [storageClass(STORAGE_CLASS, true), storageClass(NETWORK_CLASS, false)];
  return { apiVersion: 'v1', kind: 'List', items: [...classes, ...local, ...network] };
}

function numbered(folder: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${folder}/${i}`);
}

function storageClass(name: string, isDefault: boolean): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Retain',
  };
}

function localVolume(name: string, machine: string, path: string): object {
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [machine] };
  return volume(name, STORAGE_CLASS, {
    local: { path },
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
  });
}

function networkVolume(name: string, path: string): object {
  return volume(name, NETWORK_CLASS, { hostPath: { path, type: 'Directory' } });
}

function volume(name: string, storageClassName: string, source: object): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: VOLUME_SIZE },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName,
      ...source,
    },
  };
}
