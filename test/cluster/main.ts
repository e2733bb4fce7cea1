// npm run cluster up|down|status|shell|import: a real Kubernetes of several machines for a person, the same as tests get.
import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bringDown } from './built/down.ts';
import { kubectlProgram } from './built/kubectl.ts';
import { MACHINES_DEFAULT, MACHINES_MAX } from './built/plan.ts';
import { builtHere, type Found, findCluster } from './built/record.ts';
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
const ANSWER_MAX = '10s';

const say = (line: string) => process.stderr.write(`cluster: ${line}\n`);

async function up(wanted: number | undefined, fakeNodes: number): Promise<number> {
  const installs = isRequired(process.env['REXNET_REQUIRE']);
  const machines = wanted ?? MACHINES_DEFAULT;
  const { description, isNew } = await makeCluster(true, { machines, lifetime: 'down', installs, say });
  if ('reason' in description) throw new ClusterError('NOT_HERE', description.reason);
  const { length } = description.machines;
  const size = length === 1 ? '1 machine' : `${length} machines`;
  if (!isNew && wanted !== undefined && wanted !== length)
    throw new ClusterError('ALREADY_UP', `a cluster of ${size} is up: npm run cluster down, then up again`);
  if (!isNew) {
    await nodesOf(description);
    say(`a cluster of ${size} is up already`);
  }
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
  process.stdout.write(await nodesOf(description));
  return 0;
}

function nodesOf(description: ClusterDescription): Promise<string> {
  const words = ['get', 'nodes', '-o', 'wide', '--request-timeout', ANSWER_MAX];
  return openCluster(description).kubectl(words).catch(silence);
}

function silence(error: unknown): never {
  const sentence = `the cluster does not answer: ${reasonOf(error)}; npm run cluster down ends one that was built here`;
  throw new ClusterError('NOT_UP', sentence, { cause: error });
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
  // npm runs us in the folder of the repository, wherever it was called.
  await cluster.importImage(resolve(process.env['INIT_CWD'] ?? '.', archive));
  say(`${archive} is on ${cluster.machines.join(', ')}`);
  return 0;
}

async function here(): Promise<ClusterDescription> {
  const given = process.env['REXNET_KUBECONFIG'];
  const found = given === undefined ? (builtHere() ?? (await ofKind())) : await describeGiven(given);
  if (found === undefined) throw new ClusterError('NOT_UP', whyNone(findCluster()));
  return found;
}

function whyNone(found: Found): string {
  if (found.kind === 'coming') return `process ${found.maker.pid} is bringing a cluster up: wait for its end`;
  if (found.kind === 'hidden') return 'the cluster that was built here is of root: become root';
  if (found.kind === 'leftover')
    return 'there is no cluster, but one ended without being taken down: npm run cluster down removes what it left, and up too';
  return 'there is no cluster: npm run cluster up';
}

async function ofKind(): Promise<ClusterDescription | undefined> {
  return (await kindObstacle()) === undefined ? kindHere() : undefined;
}

function parse(args: readonly string[]) {
  const options = { machines: { type: 'string' }, 'fake-nodes': { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new ClusterError('USAGE', reasonOf(error), { cause: error });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, ...words] = positionals;
  const { machines, 'fake-nodes': fakeNodes } = values;
  if (command === 'up' && words.length === 0)
    return up(machines === undefined ? undefined : number(machines), fakeNodes === undefined ? 0 : number(fakeNodes));
  if (command === 'down' && words.length === 0) return down();
  if (command === 'status' && words.length === 0) return status();
  if (command === 'shell' && words.length === 0) return shell();
  if (command === 'import' && words.length === 1) return importArchive(words[0]!);
  process.stderr.write(`${USAGE}\n`);
  return EXIT_USAGE;
}

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new ClusterError('USAGE', `${text} is no number of machines`);
  return Number(text);
}

try {
  // What was started goes on without us.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  say(reasonOf(error));
  const isUsage = error instanceof ClusterError && error.code === 'USAGE';
  if (isUsage) process.stderr.write(`${USAGE}\n`);
  process.exit(isUsage ? EXIT_USAGE : 1);
}
