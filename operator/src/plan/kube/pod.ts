// What all pods have in common: restricted Pod Security, no token, no links, probes, ports, where the image has its programs.
// A pod differs from it by what its builder adds.
import type {
  V1Container,
  V1EnvVar,
  V1ObjectMeta,
  V1PodSpec,
  V1Probe,
  V1Toleration,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import type { KubeInput } from './input.ts';
import { type Component, type Labels, labelsOf } from './labels.ts';
import { partName } from './names.ts';
import { type Amount, guaranteed, runtimeEnvironment } from './resources.ts';

/** Containers have one address each, so ports need not differ between pods; they do, for people who read. */
export const PORT = {
  grpc: 7070,
  peer: 7071,
  metrics: 7072,
  minerMetrics: 7073,
  loadMetrics: 7074,
  bitcoind: 18443,
} as const;
export const EVERY_ADDRESS = '0.0.0.0';

/** The image has the tree of the repository here. */
const IMAGE_ROOT = '/opt/rexnet';
export const PROGRAM = {
  rxd: `${IMAGE_ROOT}/node/src/main.ts`,
  load: `${IMAGE_ROOT}/load/src/main.ts`,
  rxctl: `${IMAGE_ROOT}/rxctl/src/main.ts`,
} as const;

/** Where every program of ours finds the network. */
export const FILES = { genesis: '/etc/rexnet/genesis/genesis.bin', peers: '/etc/rexnet/peers/peers.json' } as const;
export const GENESIS_KEY = 'genesis.bin';
export const PEERS_KEY = 'peers.json';

/** `node` of the base image, and of bitcoind's. */
const USER_ID = 1000;
/** A lost machine is noticed by others of the group long before; five minutes, the default, only delay the replacement. */
const LOST_MACHINE_SECONDS = 30;
/** A clean stop takes less than half of it. */
const GRACE_SECONDS = 10;
const STARTUP_SECONDS = 60;
const READINESS = { periodSeconds: 2, failureThreshold: 3, timeoutSeconds: 2 } as const;
const LIVENESS = { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 } as const;

export type Program = {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly amount: Amount;
  readonly metrics?: number;
  readonly ports?: Readonly<Record<string, number>>;
  readonly env?: readonly V1EnvVar[];
  readonly mounts?: readonly V1VolumeMount[];
};

type ContainerInput = { readonly facts: Pick<KubeInput['facts'], 'imagePullPolicy'> };

/** A container that runs one of our programs on Node. */
export function ourContainer({ facts }: ContainerInput, program: Program): V1Container {
  const { name, image, args, amount, metrics, ports = {}, env = [], mounts = [] } = program;
  const named = metrics === undefined ? ports : { ...ports, metrics };
  return {
    name,
    image,
    imagePullPolicy: facts.imagePullPolicy,
    command: ['node'],
    args: [...args],
    env: [...runtimeEnvironment(amount), ...env],
    ...(Object.keys(named).length === 0 ? {} : { ports: portsOf(named) }),
    resources: guaranteed(amount),
    securityContext: confined(),
    volumeMounts: [...networkMounts(), ...mounts],
    ...(metrics === undefined ? {} : probes()),
  };
}

export function portsOf(
  ports: Readonly<Record<string, number>>,
): { name: string; containerPort: number; protocol: string }[] {
  return Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort, protocol: 'TCP' }));
}

export function confined(): NonNullable<V1Container['securityContext']> {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
}

/** Never about the chain: a network without blocks must not restart its nodes. */
function probes(): { startupProbe: V1Probe; readinessProbe: V1Probe; livenessProbe: V1Probe } {
  const get = (path: string): V1Probe => ({ httpGet: { path, port: 'metrics', scheme: 'HTTP' } });
  return {
    startupProbe: { ...get('/livez'), periodSeconds: 1, failureThreshold: STARTUP_SECONDS, timeoutSeconds: 1 },
    readinessProbe: { ...get('/readyz'), ...READINESS },
    livenessProbe: { ...get('/livez'), ...LIVENESS },
  };
}

export function portProbes(port: string): { startupProbe: V1Probe; readinessProbe: V1Probe; livenessProbe: V1Probe } {
  const tcpSocket = { port };
  return {
    startupProbe: { tcpSocket, periodSeconds: 1, failureThreshold: STARTUP_SECONDS, timeoutSeconds: 1 },
    readinessProbe: { tcpSocket, ...READINESS },
    livenessProbe: { tcpSocket, ...LIVENESS },
  };
}

function networkMounts(): V1VolumeMount[] {
  return [
    { name: 'genesis', mountPath: '/etc/rexnet/genesis', readOnly: true },
    // The folder and not the file: only so a change of the ConfigMap arrives.
    { name: 'peers', mountPath: '/etc/rexnet/peers', readOnly: true },
  ];
}

export function networkVolumes(testnet: string): V1Volume[] {
  return [
    { name: 'genesis', configMap: { name: partName(testnet, 'genesis') } },
    { name: 'peers', configMap: { name: partName(testnet, 'peers') } },
  ];
}

/** Everything but the containers. */
export function podFrame({ testnet }: Pick<KubeInput, 'testnet'>): Omit<V1PodSpec, 'containers'> {
  const { imagePullSecrets = [], template } = testnet.spec;
  const lost = (key: string): V1Toleration => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: LOST_MACHINE_SECONDS,
  });
  return {
    automountServiceAccountToken: false,
    // Two Services a group would be thousands of variables in every pod.
    enableServiceLinks: false,
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map(({ name }) => ({ name })) }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: GRACE_SECONDS,
    // A toleration does no harm elsewhere, and without it nothing runs where every machine is tainted.
    tolerations: [lost('not-ready'), lost('unreachable'), ...(template.tolerations ?? []).map((one) => ({ ...one }))],
  };
}

/** On a Testnet: what it says is on its pods as well, so another value makes them anew. */
export const RESTARTED_AT = 'rexnet.dev/restartedAt';

export function restartMark({ restartedAt }: Pick<KubeInput['facts'], 'restartedAt'>): Labels {
  return restartedAt === undefined ? {} : { [RESTARTED_AT]: restartedAt };
}

/** Annotated whether or not there is a PodMonitor: its CRD may come later, and must not restart pods. */
export function podMeta(
  testnet: string,
  component: Component,
  more: { group?: number; metrics?: number; annotations?: Labels },
): V1ObjectMeta {
  const { group, metrics, annotations = {} } = more;
  const scraped: Labels =
    metrics === undefined
      ? {}
      : { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(metrics), 'prometheus.io/path': '/metrics' };
  const all = { ...scraped, ...annotations };
  return {
    labels: labelsOf(testnet, component, group),
    ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
  };
}
