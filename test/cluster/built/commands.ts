// The command line of every program of a cluster, as data. Pure; the paths are those inside the program's box.
import { INSIDE } from './folders.ts';
import { MACHINE_PATHS } from './machine-files.ts';
import {
  API_PORT,
  CLUSTER_DOMAIN,
  type ClusterPlan,
  FAKE_POD_SUBNET,
  type Machine,
  POD_SUBNET,
  SERVICE_SUBNET,
} from './plan.ts';

export type Command = { readonly name: string; readonly command: string; readonly args: readonly string[] };

/** A machine that stays away this long is NotReady. */
const NODE_GRACE_SECONDS = 12;
/** What the controllers may ask per second: with their defaults 800 pods take minutes instead of seconds. */
const REQUESTS_PER_SECOND = ['--kube-api-qps=300', '--kube-api-burst=600'];
const AUDIT_LOG_MAX_MB = 64;
const ETCD_URL = 'http://127.0.0.1:2379';
/** Renewed four times as often: within the grace period, and no oftener, since 200 nodes do it. */
const FAKE_NODE_LEASE_SECONDS = 32;
export const FAKE_NODE_ANNOTATION = 'kwok.x-k8s.io/node';

const { bin, home, pki } = INSIDE;

export const COREFILE_PATH = `${home}/Corefile`;
export const KWOK_PATH = `${home}/kwok`;
export const STAGES_PATH = `${home}/stages.yaml`;
export const AUDIT_POLICY_PATH = `${home}/audit-policy.yaml`;

export function kubeconfigPath(user: string): string {
  return `${home}/${user}.kubeconfig`;
}

function ours(name: string, args: readonly string[]): Command {
  return { name, command: `${bin}/${name}`, args };
}

export function etcdCommand(): Command {
  return ours('etcd', [
    '--data-dir=/var/lib/etcd',
    `--listen-client-urls=${ETCD_URL}`,
    `--advertise-client-urls=${ETCD_URL}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--log-level=warn',
    // The cluster does not outlive this machine's power.
    '--unsafe-no-fsync',
  ]);
}

export function apiServerCommand({ control }: ClusterPlan): Command {
  return ours('kube-apiserver', [
    `--etcd-servers=${ETCD_URL}`,
    `--advertise-address=${control.address}`,
    `--secure-port=${API_PORT}`,
    `--service-cluster-ip-range=${SERVICE_SUBNET}`,
    `--tls-cert-file=${pki}/apiserver.crt`,
    `--tls-private-key-file=${pki}/apiserver.key`,
    `--client-ca-file=${pki}/ca.crt`,
    `--kubelet-client-certificate=${pki}/apiserver-to-kubelet.crt`,
    `--kubelet-client-key=${pki}/apiserver-to-kubelet.key`,
    // Nobody resolves the machines' names.
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${pki}/service-accounts.key`,
    `--service-account-key-file=${pki}/service-accounts.pub`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    // No kube-proxy beside it: what extends the API is reached at its pods.
    '--enable-aggregator-routing=true',
    `--requestheader-client-ca-file=${pki}/ca.crt`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki}/front-proxy.crt`,
    `--proxy-client-key-file=${pki}/front-proxy.key`,
    `--audit-policy-file=${AUDIT_POLICY_PATH}`,
    `--audit-log-path=${INSIDE.audit}`,
    `--audit-log-maxsize=${AUDIT_LOG_MAX_MB}`,
    '--audit-log-maxbackup=1',
  ]);
}

export function controllerManagerCommand(): Command {
  return ours('kube-controller-manager', [
    `--kubeconfig=${kubeconfigPath('controller-manager')}`,
    `--service-account-private-key-file=${pki}/service-accounts.key`,
    `--root-ca-file=${pki}/ca.crt`,
    '--use-service-account-credentials',
    '--leader-elect=false',
    ...REQUESTS_PER_SECOND,
    '--concurrent-statefulset-syncs=20',
    '--node-monitor-period=2s',
    `--node-monitor-grace-period=${NODE_GRACE_SECONDS}s`,
  ]);
}

export function schedulerCommand(): Command {
  return ours('kube-scheduler', [
    `--kubeconfig=${kubeconfigPath('scheduler')}`,
    '--leader-elect=false',
    ...REQUESTS_PER_SECOND,
  ]);
}

/** Beside the API server, not in pods: names are answered also while machines are drained and killed. */
export function dnsCommand(): Command {
  return ours('coredns', ['-conf', COREFILE_PATH]);
}

export function corefile(): string {
  return `.:53 {
  errors
  ready
  kubernetes ${CLUSTER_DOMAIN} in-addr.arpa {
    kubeconfig ${kubeconfigPath('dns')}
    pods insecure
    ttl 2
  }
  cache 2
}
`;
}

export function containerdCommand(): Command {
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', MACHINE_PATHS.containerd, '--log-level', 'warn'],
  };
}

export function kubeletCommand({ name, address, zone }: Machine): Command {
  return ours('kubelet', [
    `--config=${MACHINE_PATHS.kubelet}`,
    `--kubeconfig=${MACHINE_PATHS.kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
    `--node-labels=topology.kubernetes.io/zone=${zone}`,
  ]);
}

export function proxyCommand({ name }: Machine): Command {
  return ours('kube-proxy', [
    `--kubeconfig=${MACHINE_PATHS.proxyKubeconfig}`,
    `--hostname-override=${name}`,
    `--cluster-cidr=${POD_SUBNET}`,
    '--proxy-mode=iptables',
    // Belongs to the whole machine, which is not ours.
    '--conntrack-max-per-core=0',
    '--oom-score-adj=0',
  ]);
}

export function kwokCommand({ control }: ClusterPlan): Command {
  const args = [
    `--kubeconfig=${kubeconfigPath('kwok')}`,
    `--config=${STAGES_PATH}`,
    `--cidr=${FAKE_POD_SUBNET}`,
    `--node-ip=${control.address}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${FAKE_NODE_ANNOTATION}=fake`,
    `--node-lease-duration-seconds=${FAKE_NODE_LEASE_SECONDS}`,
    '--v=WARN',
  ];
  return { name: 'kwok', command: KWOK_PATH, args };
}
