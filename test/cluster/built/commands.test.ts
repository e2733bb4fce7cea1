// What programs of a cluster are told: every line here once cost somebody a day.
import { expect, test } from 'vitest';
import { extensionsOf, identities, opensslConfig } from './certificates.ts';
import {
  apiServerCommand,
  containerdCommand,
  controllerManagerCommand,
  corefile,
  dnsCommand,
  etcdCommand,
  kubeletCommand,
  kwokCommand,
  proxyCommand,
  schedulerCommand,
} from './commands.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { MACHINE_PATHS, machineFiles } from './machine-files.ts';
import { planCluster } from './plan.ts';

const PLAN = planCluster(3);
const MACHINE = PLAN.machines[1]!;
const FILES = machineFiles(PLAN, MACHINE, '/usr/lib/cni');

test.each([
  ['machines have no names that resolve', apiServerCommand(PLAN), '--kubelet-preferred-address-types=InternalIP'],
  ['no kube-proxy beside the API server', apiServerCommand(PLAN), '--enable-aggregator-routing=true'],
  ['800 pods in seconds: requests', controllerManagerCommand(), '--kube-api-qps=300'],
  ['800 pods in seconds: bursts', controllerManagerCommand(), '--kube-api-burst=600'],
  ['800 pods in seconds: groups', controllerManagerCommand(), '--concurrent-statefulset-syncs=20'],
  ['800 pods in seconds: placing', schedulerCommand(), '--kube-api-qps=300'],
  ['a lost machine is noticed', controllerManagerCommand(), '--node-monitor-grace-period=12s'],
  ['scores of the OOM killer stay', proxyCommand(MACHINE), '--oom-score-adj=0'],
  ['settings of the whole machine stay', proxyCommand(MACHINE), '--conntrack-max-per-core=0'],
  ['a zone per machine', kubeletCommand(MACHINE), '--node-labels=topology.kubernetes.io/zone=zone-2'],
  ['an address per machine', kubeletCommand(MACHINE), '--node-ip=10.119.0.12'],
  ['real machines are left alone', kwokCommand(PLAN), '--manage-all-nodes=false'],
])('%s', (_, { args }, flag) => {
  expect(args).toContain(flag);
});

test('every program is ours but the container runtime', () => {
  const commands = [etcdCommand(), dnsCommand(), schedulerCommand(), kubeletCommand(MACHINE), kwokCommand(PLAN)];
  for (const { command } of commands) expect(command).toMatch(/^\/var\/lib\/rexnet\//);
  expect(containerdCommand().command).toBe('containerd');
});

test('names are answered from the API server alone', () => {
  expect(corefile()).toContain('kubernetes cluster.local');
  expect(corefile()).not.toContain('forward');
});

test('the container runtime lowers no score and leaves no namespace behind', () => {
  const text = FILES[MACHINE_PATHS.containerd]!;
  for (const line of [
    'restrict_oom_score_adj = true',
    'netns_mounts_under_state_dir = true',
    'bin_dir = "/usr/lib/cni"',
    'sandbox_image = "cluster.rexnet.dev/pause:1"',
  ])
    expect(text).toContain(line);
});

test('pods of a machine have their subnet, their resolver and their control group', () => {
  const network = JSON.parse(FILES[MACHINE_PATHS.network]!);
  expect(network.plugins[0].type).toBe('ptp');
  expect(network.plugins[0].ipam.ranges).toEqual([[{ subnet: '10.120.2.0/24' }]]);
  expect(JSON.parse(FILES[MACHINE_PATHS.kubelet]!)).toMatchObject({
    cgroupDriver: 'cgroupfs',
    cgroupRoot: '/rexnet-machine-2',
    clusterDNS: ['10.119.0.2'],
    oomScoreAdj: 0,
  });
});

test('everybody who calls has a certificate, and servers are called by address', () => {
  const all = identities(PLAN);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  const subjects = Object.fromEntries(all.map(({ name, subject }) => [name, subject]));
  expect(subjects).toMatchObject({
    proxy: '/CN=system:kube-proxy',
    scheduler: '/CN=system:kube-scheduler',
    'controller-manager': '/CN=system:kube-controller-manager',
    'machine-2': '/O=system:nodes/CN=system:node:machine-2',
  });
  const apiServer = all.find(({ name }) => name === 'apiserver')!;
  expect(extensionsOf(apiServer).at(-1)).toContain('IP:10.119.0.2, IP:10.121.0.1');
  const admin = all.find(({ name }) => name === 'admin')!;
  expect(opensslConfig(extensionsOf(admin))).not.toContain('subjectAltName');
});

test('a kubeconfig needs no other file', () => {
  const parts = { server: 'https://a:1', user: 'admin', ca: 'CA', certificate: 'C', key: 'K' };
  const config = JSON.parse(kubeconfigText(parts));
  expect(config.clusters[0].cluster).toEqual({ server: 'https://a:1', 'certificate-authority-data': 'Q0E=' });
  expect(config.users[0].user).toEqual({ 'client-certificate-data': 'Qw==', 'client-key-data': 'Sw==' });
  expect(config['current-context']).toBe('rexnet');
});
