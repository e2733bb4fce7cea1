// Addresses of a built cluster: nobody has two, none is in use elsewhere.
import { expect, test } from 'vitest';
import { bridgeBatch, cableBatch, insideBatch } from './network.ts';
import { apiServerUrl, MACHINES_MAX, planCluster, takenRoutes } from './plan.ts';
import { localVolumePaths, NETWORK_CLASS, networkVolumePaths, volumeObjects } from './volumes.ts';

test('every box has a name, an address and a cable of its own', () => {
  const { control, machines, gateway } = planCluster(MACHINES_MAX);
  const boxes = [control, ...machines];
  for (const each of [boxes.map(({ name }) => name), boxes.map(({ link }) => link), machines.map((m) => m.podSubnet)])
    expect(new Set(each).size).toBe(each.length);
  const addresses = [gateway, ...boxes.map(({ address }) => address)];
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(Math.max(...boxes.map(({ link }) => link.length))).toBeLessThanOrEqual(15);
});

test.each([0, MACHINES_MAX + 1, 1.5, Number.NaN])('%s machines are refused', (machines) => {
  expect(() => planCluster(machines)).toThrow(`a cluster has 1 to ${MACHINES_MAX} machines`);
});

test.each([
  ['default', false],
  ['10.118.255.0/24', false],
  ['10.119.0.0/24', true],
  ['10.119.0.77', true],
  ['10.0.0.0/8', true],
  ['10.121.4.0/24', true],
  ['10.123.0.0/16', false],
  ['192.168.0.0/16', false],
])('a way to %s is in our way: %s', (route, isTaken) => {
  expect(takenRoutes([route])).toEqual(isTaken ? [route] : []);
});

test('a machine is cabled to the bridge and knows the way to the pods of all others', () => {
  const plan = planCluster(3);
  const [first, second] = plan.machines;
  expect(apiServerUrl(plan)).toBe('https://10.119.0.2:6443');
  expect(bridgeBatch(plan)).toBe(
    'link add rexnet0 type bridge\naddr add 10.119.0.1/24 dev rexnet0\nlink set rexnet0 up\n',
  );
  expect(cableBatch(plan, first!, 42)).toBe(
    'link add rexnet-m1 type veth peer name eth0 netns 42\nlink set rexnet-m1 master rexnet0 up\nroute add 10.120.1.0/24 via 10.119.0.11 dev rexnet0\n',
  );
  expect(cableBatch(plan, plan.control, 42)).not.toContain('route');
  expect(insideBatch(plan, second!)).toBe(
    'addr add 10.119.0.12/24 dev eth0\nlink set eth0 up\nroute add default via 10.119.0.1\nroute add 10.120.1.0/24 via 10.119.0.11\nroute add 10.120.3.0/24 via 10.119.0.13\n',
  );
});

test('classes are made before disks; a local disk stays on its machine, one of the network belongs to none', () => {
  const { items } = volumeObjects(planCluster(2)) as { items: { kind: string; spec?: Record<string, unknown> }[] };
  expect(items.map(({ kind }) => kind).lastIndexOf('StorageClass')).toBe(1);
  expect(items.length).toBe(2 + 2 * localVolumePaths().length + networkVolumePaths().length);
  expect(JSON.stringify(items[2])).toContain('"values":["machine-1"]');
  expect(JSON.stringify(items[1 + 2 * localVolumePaths().length])).toContain('"values":["machine-2"]');
  const [path = ''] = networkVolumePaths().slice(-1);
  expect(items.at(-1)!.spec).toMatchObject({ storageClassName: NETWORK_CLASS, hostPath: { path } });
  expect(items.at(-1)!.spec).not.toHaveProperty('nodeAffinity');
});
