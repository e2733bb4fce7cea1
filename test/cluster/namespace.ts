// A namespace of a cluster in the words of a test: kubectl in it, and what its objects say of themselves. Where there is no cluster it can
// be made, and nothing of it called.
import type { Cluster, Skip } from './cluster-type.ts';

const WAIT_SECONDS = 120;

export class Namespace {
  readonly name: string;
  readonly #cluster: Cluster | Skip;

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

  get #here(): Cluster {
    if ('reason' in this.#cluster) throw new Error(this.#cluster.reason);
    return this.#cluster;
  }
}
