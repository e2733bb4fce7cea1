// Disks for claims: folders of each machine, offered as local volumes under the default StorageClass. There is no provisioner, so
// there are only so many, and one that was used is not used again. Pure.
import { INSIDE } from './folders.ts';
import type { ClusterPlan } from './plan.ts';

const VOLUMES_PER_MACHINE = 24;
const VOLUME_SIZE = '10Gi';
export const STORAGE_CLASS = 'local';

/** Inside each machine's box. */
export function volumePaths(): readonly string[] {
  return Array.from({ length: VOLUMES_PER_MACHINE }, (_, i) => `${INSIDE.volumes}/${i}`);
}

/** The class comes first: a claim made before its class may wait for long. */
export function volumeObjects({ machines }: ClusterPlan): object {
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Retain',
  };
  const volumes = machines.flatMap(({ name }) => volumePaths().map((path, i) => volume(`${name}-${i}`, name, path)));
  return { apiVersion: 'v1', kind: 'List', items: [storageClass, ...volumes] };
}

function volume(name: string, machine: string, path: string): object {
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [machine] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: VOLUME_SIZE },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: STORAGE_CLASS,
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
    },
  };
}
