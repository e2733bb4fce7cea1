// A namespace of a cluster in the words of a test: kubectl in it, and what its objects say of themselves. Where there is no cluster it can
// be made, and nothing of it called.
import type { Cluster, Skip } from './cluster-type.ts';

const WAIT_SECONDS = 120;

export class Namespace {
  readonly name: string;
  readonly #cluster: Cluster | Skip;
  /** Asked for once: whoever asks has made what he will ask about. */
  #kinds: Promise<string> | undefined;

  constructor(cluster: Cluster | Skip, name: string) {
    this.#cluster = cluster;
    this.name = name;
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.#here.kubectl(['-n', this.name, ...args]);
  }

  apply(objects: string): Promise<string> {
    return this.#here.kubectl(['-n', this.name, 'apply', '-f', '-'], objects);
  }

  /** As `testnet/demo` and `{.status.height}`. */
  field(object: string, path: string): Promise<string> {
    return this.kubectl('get', object, '-o', `jsonpath=${path}`);
  }

  /** As `True NodeLost: its sentence`. */
  condition(object: string, type: string): Promise<string> {
    const of = `.status.conditions[?(@.type=="${type}")]`;
    return this.field(object, `{${of}.status} {${of}.reason}: {${of}.message}`);
  }

  /** Until a condition is so: `Ready`, `Degraded=False`. */
  wait(object: string, condition: string, seconds: number = WAIT_SECONDS): Promise<string> {
    return this.kubectl('wait', object, `--for=condition=${condition}`, `--timeout=${seconds}s`);
  }

  patch(object: string, change: object): Promise<string> {
    return this.kubectl('patch', object, '--type=merge', '-p', JSON.stringify(change));
  }

  /** A line for every object of a list, as a jsonpath of one object says. */
  async lines(kinds: string, path: string, ...selection: readonly string[]): Promise<readonly string[]> {
    const each = `jsonpath={range .items[*]}${path}{"\\n"}{end}`;
    const answer = await this.kubectl('get', kinds, ...selection, '-o', each);
    return answer.split('\n').filter((line) => line !== '');
  }

  /** Names of a Testnet, and of all that carries its label, of whatever kind the server knows. */
  async allOf(testnet: string): Promise<readonly string[]> {
    this.#kinds ??= this.kubectl('api-resources', '--verbs=list', '-o', 'name');
    const kinds = (await this.#kinds).trim().split('\n').join(',');
    const names = ['-o', 'name', '--ignore-not-found'];
    const answers = await Promise.all([
      this.kubectl('get', 'testnet', testnet, ...names),
      this.kubectl('get', kinds, '-l', `rexnet.dev/testnet=${testnet}`, ...names),
    ]);
    return answers.flatMap((answer) => answer.split('\n')).filter((name) => name !== '');
  }

  get #here(): Cluster {
    if ('reason' in this.#cluster) throw new Error(this.#cluster.reason);
    return this.#cluster;
  }
}
