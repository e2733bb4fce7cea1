// Cables between the boxes: one bridge on this machine, one pair of ends per box, routes to the pods of each machine. The batches for
// ip(8) are pure; nothing else of this machine's network is touched but one line that lets the bridge forward.
import { readdirSync } from 'node:fs';
import type { ProcessIdentity } from '../../../rxctl/src/local/process-identity.ts';
import { ClusterError } from '../errors.ts';
import { run, tryRun } from '../program.ts';
import { runIn } from './box.ts';
import { type Box, BRIDGE, type ClusterPlan, NETWORK_PREFIX_BITS, takenRoutes } from './plan.ts';

const OUR_LINK = /^(rexnet0|rexnet-c|rexnet-m\d)$/;
/** Also packets within a bridge pass the machine's filter where a Docker was ever started, and its policy is to drop. */
const FORWARD_RULE = ['FORWARD', '-i', BRIDGE, '-o', BRIDGE, '-j', 'ACCEPT'];
const RULES_MAX = 16;

export function bridgeBatch({ bridge, gateway }: ClusterPlan): string {
  return lines(
    `link add ${bridge} type bridge`,
    `addr add ${gateway}/${NETWORK_PREFIX_BITS} dev ${bridge}`,
    `link set ${bridge} up`,
  );
}

/** From this machine: the cable to a box, and the way to its pods. */
export function cableBatch({ bridge, machines }: ClusterPlan, box: Box, holderPid: number): string {
  const machine = machines.find(({ name }) => name === box.name);
  return lines(
    `link add ${box.link} type veth peer name eth0 netns ${holderPid}`,
    `link set ${box.link} master ${bridge} up`,
    ...(machine === undefined ? [] : [`route add ${machine.podSubnet} via ${machine.address} dev ${bridge}`]),
  );
}

/** Inside a box. */
export function insideBatch({ gateway, machines }: ClusterPlan, box: Box): string {
  return lines(
    `addr add ${box.address}/${NETWORK_PREFIX_BITS} dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway}`,
    ...machines
      .filter(({ name }) => name !== box.name)
      .map(({ podSubnet, address }) => `route add ${podSubnet} via ${address}`),
  );
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

/** Throws when names or addresses of ours are in use by somebody else. */
export async function requireFreeNetwork(): Promise<void> {
  const links = ourLinks();
  if (links.length > 0)
    throw new ClusterError(
      'NAMES_TAKEN',
      `the network interfaces ${links.join(', ')} exist: another cluster of this kind runs here; end it with npm run cluster down`,
    );
  const routes = (await run('ip', ['-4', 'route', 'show', 'table', 'main']))
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '');
  const taken = takenRoutes(routes);
  if (taken.length > 0)
    throw new ClusterError(
      'NAMES_TAKEN',
      `this machine already has a way to ${taken.join(', ')}, which a cluster needs`,
    );
}

export function ourLinks(): readonly string[] {
  return readdirSync('/sys/class/net').filter((name) => OUR_LINK.test(name));
}

export async function makeBridge(plan: ClusterPlan): Promise<void> {
  await run('ip', ['-batch', '-'], { input: bridgeBatch(plan) });
  await run('iptables', ['-w', '-I', ...FORWARD_RULE]);
}

export async function connect(plan: ClusterPlan, box: Box, holder: ProcessIdentity): Promise<void> {
  await run('ip', ['-batch', '-'], { input: cableBatch(plan, box, holder.pid) });
  await runIn(box.name, 'ip', ['-batch', '-'], { input: insideBatch(plan, box) });
}

/** Removes every cable, the bridge and its rule; whatever of it there is. */
export async function removeNetwork(): Promise<void> {
  for (const link of ourLinks()) await tryRun('ip', ['link', 'delete', link]);
  for (let i = 0; i < RULES_MAX; i++) if ((await tryRun('iptables', ['-w', '-D', ...FORWARD_RULE])).code !== 0) return;
}
