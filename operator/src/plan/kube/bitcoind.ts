// The parent chain of a Testnet: one bitcoind with its data, and its Service. It mines nothing; miners do.
import type { V1Service, V1StatefulSet } from '@kubernetes/client-node';
import { askedOfBitcoind } from './asked.ts';
import type { KubeInput } from './input.ts';
import { remembering } from './kept-pods.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { confined, PORT, podFrame, podMeta, portProbes, portsOf, restartMark } from './pod.ts';
import { BITCOIND, guaranteed } from './resources.ts';
import { BITCOIND_CONF } from './secrets.ts';
import { port } from './services.ts';

const CONF_DIR = '/etc/bitcoin';
const DATA_DIR = '/data';
/** A regtest chain of weeks. */
const SIZE = '2Gi';

export function bitcoindStatefulSet(input: KubeInput): V1StatefulSet {
  const { testnet, plan, facts } = input;
  const name = partName(testnet.name, 'bitcoind');
  const { storage } = testnet.spec.template;
  const set: V1StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: testnetMeta(input, name, 'bitcoind'),
    spec: {
      replicas: plan.suspended ? 0 : 1,
      serviceName: name,
      selector: { matchLabels: selectorOf(testnet.name, 'bitcoind') },
      podManagementPolicy: 'Parallel',
      template: {
        metadata: podMeta(testnet.name, 'bitcoind', { annotations: restartMark(facts) }),
        spec: {
          ...podFrame(input),
          containers: [
            {
              name: 'bitcoind',
              image: facts.bitcoindImage,
              imagePullPolicy: facts.imagePullPolicy,
              command: ['bitcoind'],
              args: [`-conf=${CONF_DIR}/${BITCOIND_CONF}`, `-datadir=${DATA_DIR}`, '-printtoconsole=1'],
              ports: portsOf({ rpc: PORT.bitcoind }),
              resources: guaranteed(BITCOIND),
              securityContext: confined(),
              volumeMounts: [
                { name: 'data', mountPath: DATA_DIR },
                { name: 'conf', mountPath: CONF_DIR, readOnly: true },
              ],
              ...portProbes('rpc'),
            },
          ],
          volumes: [
            { name: 'conf', secret: { secretName: name, items: [{ key: BITCOIND_CONF, path: BITCOIND_CONF }] } },
            ...(storage === undefined ? [{ name: 'data', emptyDir: { sizeLimit: SIZE } }] : []),
          ],
        },
      },
      ...(storage === undefined
        ? {}
        : {
            persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
            volumeClaimTemplates: [
              {
                apiVersion: 'v1',
                kind: 'PersistentVolumeClaim',
                metadata: { name: 'data', labels: labelsOf(testnet.name, 'bitcoind') },
                spec: {
                  accessModes: ['ReadWriteOnce'],
                  ...(storage.className === '' ? {} : { storageClassName: storage.className }),
                  resources: { requests: { storage: SIZE } },
                },
              },
            ],
          }),
    },
  };
  return remembering(set, askedOfBitcoind(input));
}

export function bitcoindService(input: KubeInput): V1Service {
  const name = partName(input.testnet.name, 'bitcoind');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: testnetMeta(input, name, 'bitcoind'),
    spec: {
      clusterIP: 'None',
      selector: selectorOf(input.testnet.name, 'bitcoind'),
      ports: [port('rpc', PORT.bitcoind)],
    },
  };
}
