// The Deployment of the merge miners. The password of the parent reaches them as a file, never as an argument.
import type { V1Deployment, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { askedOfMiners } from './asked.ts';
import type { KubeInput } from './input.ts';
import { remembering } from './kept-pods.ts';
import { selectorOf } from './labels.ts';
import { partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import {
  EVERY_ADDRESS,
  FILES,
  networkVolumes,
  ourContainer,
  PORT,
  PROGRAM,
  podFrame,
  podMeta,
  restartMark,
} from './pod.ts';
import { minerAmount } from './resources.ts';
import { BITCOIND_COOKIE } from './secrets.ts';

const PARENT_DIR = '/etc/bitcoind';
const REVISIONS_KEPT = 3;

export function minerDeployment(input: KubeInput): V1Deployment {
  const { testnet, plan, facts } = input;
  const { cpuPercent } = testnet.spec.mining;
  const hasParent = plan.bitcoin.kind === 'regtest';
  const mounts: V1VolumeMount[] = hasParent ? [{ name: 'parent', mountPath: PARENT_DIR, readOnly: true }] : [];
  const container = ourContainer(input, {
    name: 'miner',
    image: facts.image,
    args: [
      ...[PROGRAM.rxd, 'mine', '--genesis', FILES.genesis, '--peers', FILES.peers],
      ...parentArgs(input),
      ...['--cpu', `${cpuPercent}%`, '--metrics', `${EVERY_ADDRESS}:${PORT.minerMetrics}`],
    ],
    amount: minerAmount(cpuPercent),
    metrics: PORT.minerMetrics,
    mounts,
  });
  const deployment: V1Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: testnetMeta(input, partName(testnet.name, 'miner'), 'miner'),
    spec: {
      replicas: plan.suspended ? 0 : plan.miners.length,
      selector: { matchLabels: selectorOf(testnet.name, 'miner') },
      // A new one beside the old would need room that a full cluster has not.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      revisionHistoryLimit: REVISIONS_KEPT,
      template: {
        metadata: podMeta(testnet.name, 'miner', { metrics: PORT.minerMetrics, annotations: restartMark(facts) }),
        spec: {
          ...podFrame(input),
          containers: [container],
          volumes: [...networkVolumes(testnet.name), ...(hasParent ? [cookieVolume(testnet.name)] : [])],
        },
      },
    },
  };
  return remembering(deployment, askedOfMiners(input));
}

function parentArgs({ testnet, plan }: KubeInput): readonly string[] {
  if (plan.bitcoin.kind === 'toy') return ['--toy-parent'];
  const url = `http://${partName(testnet.name, 'bitcoind')}:${PORT.bitcoind}`;
  return ['--bitcoind', url, '--bitcoind-cookie', `${PARENT_DIR}/${BITCOIND_COOKIE}`];
}

function cookieVolume(testnet: string): V1Volume {
  const items = [{ key: BITCOIND_COOKIE, path: BITCOIND_COOKIE }];
  return { name: 'parent', secret: { secretName: partName(testnet, 'bitcoind'), items } };
}
