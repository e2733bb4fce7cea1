// What deploys spec.contracts, in their order: a list in a ConfigMap and a Job that reads it, with sources from the ConfigMaps
// people name. Another list is another Job; deploying what is there already does nothing.
import { createHash } from 'node:crypto';
import type { V1ConfigMap, V1Job, V1PodTemplateSpec, V1VolumeProjection } from '@kubernetes/client-node';
import { askedOfContracts } from './asked.ts';
import type { KubeInput } from './input.ts';
import { remembering } from './kept-pods.ts';
import { contractsJobName, partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { FILES, networkVolumes, ourContainer, PROGRAM, podFrame, podMeta } from './pod.ts';
import { CONTRACTS } from './resources.ts';

const LIST_KEY = 'contracts.json';
const LIST_DIR = '/etc/rexnet/contracts';
const SOURCE_DIR = '/etc/rexnet/sources';
/** What is written there the kubelet shows as the message of a container that has ended. */
const LAST_WORDS = '/dev/termination-log';
const HASH_DIGITS = 8;
const ATTEMPTS_MAX = 20;
const LASTS_MAX_SECONDS = 3_600;

/** None without contracts. */
export function contractObjects(input: KubeInput): readonly (V1ConfigMap | V1Job)[] {
  if (input.plan.contracts.length === 0) return [];
  const list = listOf(input);
  const listConfigMap: V1ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: testnetMeta(input, partName(input.testnet.name, 'contracts'), 'contracts'),
    data: { [LIST_KEY]: list },
  };
  // Chains in memory end with their pods. They begin anew without contracts, and a Job that is done would never be done again.
  const isOver = input.plan.suspended && input.testnet.spec.template.storage === undefined;
  return [listConfigMap, ...(isOver ? [] : [contractsJob(input, list)])];
}

function contractsJob(input: KubeInput, list: string): V1Job {
  const { testnet, plan } = input;
  const template = podTemplate(input);
  // Neither the list nor the template of a Job can change.
  const hash = createHash('sha256').update(list).update(JSON.stringify(template)).digest('hex').slice(0, HASH_DIGITS);
  const job: V1Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: testnetMeta(input, contractsJobName(testnet.name, hash), 'contracts'),
    spec: {
      suspend: plan.suspended,
      backoffLimit: ATTEMPTS_MAX,
      activeDeadlineSeconds: LASTS_MAX_SECONDS,
      template,
    },
  };
  return remembering(job, askedOfContracts(input));
}

function podTemplate(input: KubeInput): V1PodTemplateSpec {
  const { testnet, facts } = input;
  const container = ourContainer(input, {
    name: 'deploy',
    image: facts.image,
    args: [
      ...[PROGRAM.rxctl, 'deploy-all', '--contracts', `${LIST_DIR}/${LIST_KEY}`],
      ...['--genesis', FILES.genesis, '--peers', FILES.peers, '--failure', LAST_WORDS],
    ],
    amount: CONTRACTS,
    mounts: [
      { name: 'list', mountPath: LIST_DIR, readOnly: true },
      { name: 'sources', mountPath: SOURCE_DIR, readOnly: true },
    ],
  });
  return {
    metadata: podMeta(testnet.name, 'contracts', {}),
    spec: {
      ...podFrame(input),
      restartPolicy: 'OnFailure',
      containers: [container],
      volumes: [
        ...networkVolumes(testnet.name),
        { name: 'list', configMap: { name: partName(testnet.name, 'contracts') } },
        { name: 'sources', projected: { sources: sourcesOf(input) } },
      ],
    },
  };
}

/** In the order of deployment; without a file a contract is a shipped one. */
function listOf({ plan }: KubeInput): string {
  const rows = plan.contracts.map(({ name, source }, index) =>
    source.kind === 'shipped' ? { name } : { name, file: `${SOURCE_DIR}/${fileOf(index)}` },
  );
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

function sourcesOf({ plan }: KubeInput): V1VolumeProjection[] {
  return plan.contracts.flatMap(({ source }, index) =>
    source.kind === 'shipped'
      ? []
      : [{ configMap: { name: source.name, items: [{ key: source.key, path: fileOf(index) }] } }],
  );
}

/** By number: a contract may have a name that is no file name. */
function fileOf(index: number): string {
  return `${index}.prd`;
}
