// The operator as a process of this machine, behind a proxy of ours, with no more rights than its service account has: it can be killed
// at any moment and started again. What it logs is kept; it ends with the test, also when that is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../../scripts/image/arguments.ts';
import { repositoryVersion } from '../../scripts/image/build.ts';
import { ROOT } from '../../scripts/setup.mjs';
import type { Cluster } from './cluster-type.ts';
import { OPERATOR_NAMESPACE } from './operator-here.ts';
import { SEARCH_PATH } from './program.ts';
import { ApiProxy } from './proxy.ts';

const MAIN = join(ROOT, 'operator', 'src', 'main.ts');
const STOP_MAX_MS = 10_000;
const TOLD_LINES = 200;
/** As the operator tells of a defect. */
const DEFECT_LEVELS: readonly unknown[] = ['error', 'fatal'];

export type OperatorProcessOptions = {
  readonly cluster: Cluster;
  /** Which Testnets; all where none is named. */
  readonly namespace?: string;
  /** Whether it works only while it holds the Lease. */
  readonly hasLease?: boolean;
};

export class OperatorProcess {
  readonly proxy: ApiProxy;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isMeant = false;
  #crashes = 0;

  private constructor(proxy: ApiProxy, folder: string, args: readonly string[]) {
    this.proxy = proxy;
    this.#folder = folder;
    this.#args = args;
  }

  /** Not started yet. */
  static async prepare({ cluster, namespace, hasLease }: OperatorProcessOptions): Promise<OperatorProcess> {
    const token = await cluster.kubectl([
      ...['-n', OPERATOR_NAMESPACE, 'create', 'token', 'rexnet-operator', '--duration=1h'],
    ]);
    const proxy = await ApiProxy.start(cluster.kubeconfig);
    const folder = mkdtempSync(join(tmpdir(), 'rexnet-operator-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(proxy, token.trim()), { mode: 0o600 });
    const version = repositoryVersion();
    return new OperatorProcess(proxy, folder, [
      ...['--kubeconfig', kubeconfig, '--metrics', '127.0.0.1:0', '--image-pull-policy', 'IfNotPresent'],
      ...['--image', `${REPOSITORY.rexnet}:${version}`, '--bitcoind-image', `${REPOSITORY.bitcoind}:${version}`],
      ...(namespace === undefined ? ['--all-namespaces'] : ['--namespace', namespace]),
      ...(hasLease === true ? ['--leader-elect'] : []),
    ]);
  }

  start(): void {
    const log = openSync(this.#logFile, 'a');
    const command = ['--pdeathsig', 'KILL', process.execPath, MAIN, ...this.#args];
    const child = spawn('setpriv', command, { stdio: ['ignore', log, log], env: { PATH: SEARCH_PATH } });
    closeSync(log);
    this.#isMeant = false;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        if (!this.#isMeant) this.#crashes += 1;
        resolve();
      };
      child.once('error', end);
      child.once('exit', end);
    });
  }

  /** kill -9. */
  kill(): void {
    this.#isMeant = true;
    this.#child?.kill('SIGKILL');
  }

  ended(): Promise<void> {
    return this.#ended;
  }

  /** Ends that nobody meant. */
  get crashes(): number {
    return this.#crashes;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** For whoever wonders why a test failed. */
  tellLog(): void {
    process.stderr.write(`${this.log.split('\n').slice(-TOLD_LINES).join('\n')}\n`);
  }

  /** What it says was its own fault. */
  get defects(): readonly string[] {
    return this.log.split('\n').filter((line) => isDefect(line));
  }

  /** By SIGTERM. */
  async end(): Promise<void> {
    this.#isMeant = true;
    this.#child?.kill('SIGTERM');
    const late = setTimeout(() => this.kill(), STOP_MAX_MS);
    await this.#ended;
    clearTimeout(late);
  }

  /** Ends it, and leaves nothing of it. */
  async close(): Promise<void> {
    await this.end();
    await this.proxy.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.#folder, 'operator.log');
  }
}

/** Those of the cluster step aside, so that only processes of a test work. */
export async function stopOperatorsOf(cluster: Cluster): Promise<void> {
  const inside = ['-n', OPERATOR_NAMESPACE];
  await cluster.kubectl([...inside, 'scale', 'deployment', 'rexnet-operator', '--replicas=0']);
  const pods = ['pod', '-l', 'app.kubernetes.io/component=operator'];
  await cluster.kubectl([...inside, 'wait', '--for=delete', ...pods, '--timeout=60s']);
}

/** Also what is no line of its log: the last words of a crash. */
function isDefect(line: string): boolean {
  if (line === '') return false;
  if (!line.startsWith('{')) return true;
  return DEFECT_LEVELS.includes((JSON.parse(line) as { readonly level?: unknown }).level);
}

function kubeconfigOf({ url, ca }: ApiProxy, token: string): string {
  const certificate = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server: url, 'certificate-authority-data': certificate } }],
    users: [{ name: 'operator', user: { token } }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'operator', namespace: OPERATOR_NAMESPACE } }],
    'current-context': 'proxy',
  });
}
