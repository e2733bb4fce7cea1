// The logs of a Testnet in a cluster, pod by pod, under the names its programs have everywhere.
import { setTimeout as delay } from 'node:timers/promises';
import { PODS, type PodObject } from '@rexnet/operator/controllers/collections.ts';
import type { LogChoice as PodLogChoice } from '@rexnet/operator/kube/pod-logs.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { CliError, EXIT } from '../exit.ts';
import { type LogLine, readLines } from '../log-lines.ts';
import type { LogChoice, LogStream, Logs } from '../site.ts';
import { asked, type Cluster } from './cluster.ts';
import { type Program, programsOf } from './programs.ts';

const LINES_MAX = 10_000;
const AGAIN_MS = 1_000;
/** Between two looks of who follows; what comes faster than that is lost rather than kept. */
const HELD_LINES_MAX = 10_000;

export class ClusterLogs implements Logs {
  readonly #cluster: Cluster;
  readonly #testnet: string;
  #programs: Promise<readonly Program[]> | undefined;

  constructor(cluster: Cluster, testnet: string) {
    this.#cluster = cluster;
    this.#testnet = testnet;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#known()).map(({ object }) => object);
  }

  async read(name: string, { newest, previous }: LogChoice): Promise<readonly LogLine[]> {
    const pod = await this.#podOf(name);
    const lines = Math.min(newest, LINES_MAX);
    const found = await asked(this.#cluster.logs.read(pod, { previous, lines }));
    if (previous && found.length === 0)
      throw new CliError(EXIT.error, `${name} has not been restarted, so there is no log before`, `rxctl logs ${name}`);
    return readLines(name, found);
  }

  follow(name: string): LogStream {
    const stop = new AbortController();
    const held: string[] = [];
    void this.#collect(name, held, stop.signal);
    return { next: () => held.splice(0), close: () => stop.abort() };
  }

  /** A stream ends with its container; the next one goes on where it ended. */
  async #collect(name: string, held: string[], signal: AbortSignal): Promise<void> {
    let choice: PodLogChoice = { lines: 0 };
    while (!signal.aborted) {
      let heardAtMs = Date.now();
      try {
        for await (const line of this.#cluster.logs.follow(await this.#podOf(name), choice, signal)) {
          heardAtMs = Date.now();
          if (held.length >= HELD_LINES_MAX) held.shift();
          held.push(line);
        }
      } catch {
        // The pod may be another one by now.
        this.#programs = undefined;
      }
      choice = { sinceMs: heardAtMs };
      await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #podOf(name: string): Promise<{ readonly namespace: string; readonly name: string }> {
    const program = (await this.#known()).find(({ object }) => object === name);
    if (program === undefined) throw new CliError(EXIT.usage, `there is no pod of ${name}`, 'rxctl tree shows them');
    return { namespace: this.#cluster.namespace, name: program.pod.metadata.name };
  }

  #known(): Promise<readonly Program[]> {
    const { rest, namespace } = this.#cluster;
    const selection = { namespace, labelSelector: `${LABEL.testnet}=${this.#testnet}` };
    this.#programs ??= asked(rest.list<PodObject>(PODS.resource, selection)).then(({ items }) => programsOf(items));
    return this.#programs;
  }
}
