// The verbs of rxctl with --kube on real machines, as a person types them: through a real API server to real pods. The same verbs over
// recorded objects are tested in rxctl itself; here is what only the real thing has: forwarded ports, logs, server-side apply.
// It takes minutes, so all of it waits for REXNET_FULL=1.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../scripts/setup.mjs';
import { requireClusterWhenFull } from '../cluster.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';

const NAMESPACE = 'rexnet-rxctl-test';
const RXCTL = join(ROOT, 'rxctl', 'src', 'main.ts');
const VERB_MAX_MS = 200_000;
const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  contracts: [{name: token}]
  template: {resources: {cpu: 150m, memory: 320Mi}}
`;

const cluster = await requireClusterWhenFull({ machines: 1 });
const folder = mkdtempSync(join(tmpdir(), 'rexnet-rxctl-'));
const file = join(folder, 'testnet.yaml');

type Ran = { readonly code: number; readonly out: string; readonly err: string };

function rxctl(...args: readonly string[]): Promise<Ran> {
  if ('reason' in cluster) throw new Error(cluster.reason);
  return rxctlAs(cluster.kubeconfig, ...args);
}

function rxctlAs(kubeconfig: string, ...args: readonly string[]): Promise<Ran> {
  const words = [RXCTL, '--kube', '--kubeconfig', kubeconfig, '-n', NAMESPACE, ...args];
  const env = { ...process.env, HOME: folder };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, words, { env, cwd: folder, timeout: VERB_MAX_MS }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

async function well(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await rxctl(...args);
  expect([code, err], `${args.join(' ')}\n${out}`).toEqual([0, expect.any(String)]);
  return out;
}

/** The kubeconfig of somebody who has one role in the namespace, and no other right. */
async function kubeconfigOf(role: string): Promise<string> {
  if ('reason' in cluster) throw new Error(cluster.reason);
  const name = `has-${role}`;
  const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectl(['-n', NAMESPACE, ...args]);
  await kubectl('create', 'serviceaccount', name);
  await kubectl('create', 'rolebinding', name, `--clusterrole=${role}`, `--serviceaccount=${NAMESPACE}:${name}`);
  const token = (await kubectl('create', 'token', name)).trim();
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json'));
  const users = config.users.map((each: { readonly name: string }) => ({ name: each.name, user: { token } }));
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  if ('reason' in cluster) return;
  await installOperator(cluster, NAMESPACE);
  writeFileSync(file, TESTNET);
}, SETUP_MAX_MS);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if ('reason' in cluster) return;
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

test('a Testnet is applied, looked at, paid on and deleted by rxctl alone', {
  timeout: SETUP_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  expect(await well('doctor', '-f', file)).toMatch(/✔ operator .*\n✔ rights .*\n✔ room +4 pods ask for /);
  expect(await well('up', '-f', file, '--timeout', '150s')).toMatch(
    /^testnet\.rexnet\.dev\/demo created\nFirstBlock is True/,
  );
  expect(await well('up', '-f', file)).toMatch(/^testnet\.rexnet\.dev\/demo unchanged\n/);
  await well('wait', 'ContractsReady', '--timeout', '120s');
  await well('wait', 'Ready', '--timeout', '60s');

  const status = await well('status', '-o', 'wide');
  expect(status).toContain('groups 2/2, nodes 2/2');
  expect(status).toMatch(/^g1-n0 +1 .*in sync +[1-9]/m);
  const frame = JSON.parse(await well('top', '--once', '-o', 'json'));
  expect(frame.nodes.map(({ stateRoot }: { stateRoot?: string }) => stateRoot?.length)).toEqual([64, 64]);
  expect(frame.lag[0][1]).toEqual(expect.any(Number));
  expect(await well('tree')).toContain('pod demo-g0-0 on ');
  expect(await well('events')).toMatch(/Normal +g0-n0 +Started/);
  expect(await well('logs', 'g0-n0', 'miner-0', '--lines', '1')).toMatch(/^g0-n0 .*\n(?:.*\n)*/);

  expect(await well('faucet', 'bob')).toContain('Completed');
  expect(await well('send', 'transfer', 'alice', '0.01', '--from', 'bob')).toContain('Completed');
  expect(await well('call', 'token.Token', 'balance_of', '--target', 'alice')).toMatch(/[0-9]/);
  expect(await well('audit')).toContain('clean');
  expect(JSON.parse(await well('parent', 'fork', '-o', 'json'))).toMatchObject({ orphaned: [expect.any(String)] });
  const files = JSON.parse(await well('report', '-o', 'json')) as Record<string, string>;
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['logs/g1-n0.log', 'metrics/g1-n0.txt', 'objects/pods.json']),
  );

  const onlyOurs = await kubeconfigOf('rexnet-view');
  expect((await rxctlAs(onlyOurs, 'status')).out).toMatch(/nodes 2\/2[\s\S]*note +you may not look at pods, events,/);
  expect((await rxctlAs(onlyOurs, 'logs')).err).toContain('looking needs the role view in this namespace');
  const viewer = await kubeconfigOf('view');
  expect((await rxctlAs(viewer, 'status')).out).toMatch(/nodes 2\/2[\s\S]*note +you may not look at ports of pods,/);
  expect((await rxctlAs(viewer, 'events')).out).toMatch(/Normal +g0-n0 +Started/);
  expect((await rxctlAs(viewer, 'block', '0')).err).toContain('you may not ask its nodes');

  writeFileSync(file, TESTNET.replace('groups: 2', 'group: 2'));
  expect((await rxctl('up', '-f', file)).err).toContain('.spec.group: field not declared in schema');
  expect((await rxctl('down')).code).toBe(2);
  expect(await well('down', '--purge')).toBe('testnet.rexnet.dev/demo deleted\n');
  expect((await rxctl('status')).code).toBe(7);
});
