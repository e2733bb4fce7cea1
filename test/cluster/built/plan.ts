// Names and addresses of a built cluster, all fixed: whoever finds one of them in use knows what it belongs to, and a second
// cluster at the same time is refused instead of tangled with the first. Pure.

export type Box = {
  /** Its host name; for a machine also the name of its Kubernetes node. */
  readonly name: string;
  readonly address: string;
  /** The end of its cable that stays with us; Linux allows 15 characters. */
  readonly link: string;
};

export type Machine = Box & {
  readonly podSubnet: string;
  readonly zone: string;
  /** Everything its pods use is accounted for under this. */
  readonly cgroup: string;
};

export type ClusterPlan = {
  readonly bridge: string;
  readonly gateway: string;
  readonly control: Box;
  readonly machines: readonly Machine[];
};

export const MACHINES_DEFAULT = 3;
export const MACHINES_MAX = 9;

export const NETWORK_PREFIX_BITS = 24;
export const NETWORK_SUBNET = '10.119.0.0/24';
export const POD_SUBNET = '10.120.0.0/16';
export const SERVICE_SUBNET = '10.121.0.0/16';
/** Of pods on fake nodes, where nobody answers. */
export const FAKE_POD_SUBNET = '10.122.0.0/16';
export const API_SERVICE_ADDRESS = '10.121.0.1';
export const API_PORT = 6443;
export const CLUSTER_DOMAIN = 'cluster.local';
export const CGROUP_PREFIX = 'rexnet-machine-';
export const BRIDGE = 'rexnet0';

const MACHINE_ADDRESS_FIRST = 11;

export function planCluster(machines: number): ClusterPlan {
  if (!Number.isInteger(machines) || machines < 1 || machines > MACHINES_MAX)
    throw new RangeError(`a cluster has 1 to ${MACHINES_MAX} machines, not ${machines}`);
  return {
    bridge: BRIDGE,
    gateway: '10.119.0.1',
    control: { name: 'control', address: '10.119.0.2', link: 'rexnet-c' },
    machines: Array.from({ length: machines }, (_, i) => ({
      name: `machine-${i + 1}`,
      address: `10.119.0.${MACHINE_ADDRESS_FIRST + i}`,
      link: `rexnet-m${i + 1}`,
      podSubnet: `10.120.${i + 1}.0/24`,
      zone: `zone-${i + 1}`,
      cgroup: `${CGROUP_PREFIX}${i + 1}`,
    })),
  };
}

export function apiServerUrl({ control }: ClusterPlan): string {
  return `https://${control.address}:${API_PORT}`;
}

/** Routes of this machine that our addresses would cut, each as `ip route` names it. */
export function takenRoutes(routes: readonly string[]): readonly string[] {
  const ours = [NETWORK_SUBNET, POD_SUBNET, SERVICE_SUBNET, FAKE_POD_SUBNET].map(rangeOf);
  return routes.filter((route) => {
    if (!/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(route)) return false;
    const theirs = rangeOf(route);
    return ours.some(({ first, last }) => first <= theirs.last && theirs.first <= last);
  });
}

function rangeOf(subnet: string): { readonly first: number; readonly last: number } {
  const [address = '', bits = '32'] = subnet.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
