// The configuration files of a machine: container runtime, pod network, kubelet. Pure; the paths are those inside its box.
import { INSIDE } from './folders.ts';
import { CLUSTER_DOMAIN, type ClusterPlan, type Machine } from './plan.ts';

/** A name that no registry serves, so that nobody tries to pull it. */
export const PAUSE_IMAGE = 'cluster.rexnet.dev/pause:1';

export const MACHINE_PATHS = {
  containerd: `${INSIDE.home}/containerd.toml`,
  network: `${INSIDE.home}/cni/10-rexnet.conflist`,
  kubelet: `${INSIDE.home}/kubelet.yaml`,
  kubeconfig: `${INSIDE.home}/kubelet.kubeconfig`,
  proxyKubeconfig: `${INSIDE.home}/proxy.kubeconfig`,
  resolver: `${INSIDE.home}/resolv.conf`,
};

/** Every file by its path. */
export function machineFiles(plan: ClusterPlan, machine: Machine, cniFolder: string): Readonly<Record<string, string>> {
  return {
    [MACHINE_PATHS.containerd]: containerdConfig(cniFolder),
    [MACHINE_PATHS.network]: `${JSON.stringify(podNetwork(machine), undefined, 2)}\n`,
    [MACHINE_PATHS.kubelet]: `${JSON.stringify(kubeletConfig(plan, machine), undefined, 2)}\n`,
    // Pods that ask for the machine's own resolver get nothing of the world outside.
    [MACHINE_PATHS.resolver]: `nameserver ${plan.control.address}\n`,
  };
}

function containerdConfig(cniFolder: string): string {
  // Nobody without CAP_SYS_RESOURCE may lower a score of the out-of-memory killer, and namespaces of pods must end with the box.
  return `version = 2

[grpc]
  address = "${INSIDE.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniFolder}"
  conf_dir = "${INSIDE.home}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;
}

function podNetwork({ podSubnet }: Machine): object {
  return {
    cniVersion: '1.0.0',
    name: 'rexnet',
    plugins: [
      {
        // Not `bridge`: answers between pods of one machine would pass the translation of service addresses by.
        type: 'ptp',
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: podSubnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: `${INSIDE.home}/ipam`,
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfig({ control }: ClusterPlan, { name, cgroup }: Machine): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${INSIDE.pki}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${INSIDE.pki}/${name}.crt`,
    tlsPrivateKeyFile: `${INSIDE.pki}/${name}.key`,
    containerRuntimeEndpoint: `unix://${INSIDE.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    enforceNodeAllocatable: [],
    clusterDNS: [control.address],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: MACHINE_PATHS.resolver,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    failSwapOn: false,
    oomScoreAdj: 0,
    // The disk is this machine's own, and how full it is says nothing about the pods.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'memory.available': '100Mi' },
    // A dead kubelet is noticed within the controller manager's grace period; what it renews to seem alive is its lease.
    nodeLeaseDurationSeconds: 12,
    nodeStatusUpdateFrequency: '5s',
    nodeStatusReportFrequency: '60s',
    syncFrequency: '10s',
  };
}
