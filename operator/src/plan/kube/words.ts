// What the sentences of a status name in a cluster: the kubectl that shows a part of a Testnet. Pure; the laptop's are in status.ts.
import type { Words } from '../status.ts';
import { partName, podName } from './names.ts';

const NODE = /^g(\d+)-n(\d+)$/;

export function clusterWords(testnet: string): Words {
  return {
    // A pod that does not run has no logs; what the kubelet says of it stands there. The beginning of a name is enough for it.
    partOf: (part) => `kubectl describe pod ${nodePod(testnet, part) ?? partName(testnet, kindOf(part))}`,
    logsOf: (part) => `kubectl logs ${nodePod(testnet, part) ?? speaker(testnet, kindOf(part))}`,
    bitcoindCure: 'correct that and create the Testnet anew',
  };
}

function nodePod(testnet: string, part: string): string | undefined {
  const [, group, ordinal] = NODE.exec(part) ?? [];
  return group === undefined ? undefined : podName(testnet, Number(group), Number(ordinal));
}

function kindOf(part: string): 'miner' | 'bitcoind' | 'load' {
  if (part === 'bitcoind' || part === 'load') return part;
  return 'miner';
}

function speaker(testnet: string, kind: ReturnType<typeof kindOf>): string {
  const name = partName(testnet, kind);
  return kind === 'bitcoind' ? `${name}-0` : `deploy/${name}`;
}
