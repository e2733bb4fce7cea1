// npm run cluster up|down|status|shell|import: a real Kubernetes of several machines for a person, the same as tests get.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bringDown } from './built/down.ts';
import { kubectlProgram } from './built/kubectl.ts';
import { MACHINES_DEFAULT, MACHINES_MAX } from './built/plan.ts';
import { builtHere } from './built/record.ts';
import { isRequired } from './choose.ts';
import type { ClusterDescription } from './cluster-type.ts';
import { ClusterError, reasonOf } from './errors.ts';
import { describeGiven } from './given.ts';
import { kindHere, kindObstacle } from './kind.ts';
import { makeCluster } from './make.ts';
import { openCluster } from './open.ts';
import { SEARCH_PATH } from './program.ts';

const USAGE = `usage: npm run cluster -- COMMAND
  up [--machines N] [--fake-nodes N]   1 to ${MACHINES_MAX} machines, ${MACHINES_DEFAULT} unless said otherwise
  down                                 leaves nothing
  status                               which cluster there is, and its nodes
  shell                                a shell whose kubectl and KUBECONFIG are the cluster's
  import ARCHIVE                       an image, as docker save writes it, onto every machine`;
const EXIT_USAGE = 2;

const say = (line: string) => process.stderr.write(`cluster: ${line}\n`);

async function up(machines: number, fakeNodes: number): Promise<number> {
  const installs = isRequired(process.env['REXNET_REQUIRE']);
  const { description, isNew } = await makeCluster(true, { machines, lifetime: 'down', installs, say });
  if ('reason' in description) throw new ClusterError('NOT_HERE', description.reason);
  if (!isNew) say(`a cluster of ${description.machines.length} machines is up already`);
  if (fakeNodes > 0) await openCluster(description).startFakeNodes(fakeNodes, say);
  process.stdout.write(`export KUBECONFIG=${description.kubeconfig}\n`);
  return 0;
}

async function down(): Promise<number> {
  const byKind = await ofKind();
  if (byKind !== undefined) await openCluster(byKind).down();
  const wasThere = (await bringDown()) || byKind !== undefined;
  say(wasThere ? 'it is gone, and nothing of it is left' : 'there is none');
  return 0;
}

async function status(): Promise<number> {
  const description = await here();
  say(`${description.kind}, kubeconfig ${description.kubeconfig}`);
  process.stdout.write(await openCluster(description).kubectl(['get', 'nodes', '-o', 'wide']));
  return 0;
}

async function shell(): Promise<number> {
  const { kind, kubeconfig } = await here();
  const path = kind === 'built' ? `${dirname(kubectlProgram())}:${SEARCH_PATH}` : SEARCH_PATH;
  say(`KUBECONFIG is ${kubeconfig}; leave with exit`);
  const child = spawn(process.env['SHELL'] ?? '/bin/sh', {
    stdio: 'inherit',
    env: { ...process.env, PATH: path, KUBECONFIG: kubeconfig },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function importArchive(archive: string): Promise<number> {
  const cluster = openCluster(await here());
  await cluster.importImage(archive);
  say(`${archive} is on ${cluster.machines.join(', ')}`);
  return 0;
}

async function here(): Promise<ClusterDescription> {
  const given = process.env['REXNET_KUBECONFIG'];
  const found = given === undefined ? (builtHere() ?? (await ofKind())) : await describeGiven(given);
  if (found === undefined) throw new ClusterError('NOT_UP', 'there is no cluster: npm run cluster up');
  return found;
}

async function ofKind(): Promise<ClusterDescription | undefined> {
  return (await kindObstacle()) === undefined ? kindHere() : undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const options = { machines: { type: 'string' }, 'fake-nodes': { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, ...words] = positionals;
  const { machines = String(MACHINES_DEFAULT), 'fake-nodes': fakeNodes = '0' } = values;
  if (command === 'up' && words.length === 0) return up(Number(machines), Number(fakeNodes));
  if (command === 'down' && words.length === 0) return down();
  if (command === 'status' && words.length === 0) return status();
  if (command === 'shell' && words.length === 0) return shell();
  if (command === 'import' && words.length === 1) return importArchive(words[0]!);
  process.stderr.write(`${USAGE}\n`);
  return EXIT_USAGE;
}

try {
  // What was started goes on without us.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  say(reasonOf(error));
  process.exit(1);
}
