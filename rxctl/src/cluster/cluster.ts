// The cluster a verb talks to: objects through the API server, logs and ports of pods. What the API server refuses becomes an
// error of the verb, in the server's own words. It knows no Testnet.
import { AccessError, type AccessOptions, accessOf, loadKubeConfig } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { type KubeCode, KubeError } from '@rexnet/operator/kube/errors.ts';
import { PodLogs } from '@rexnet/operator/kube/pod-logs.ts';
import { PortForwards, tunnelThrough } from '@rexnet/operator/kube/port-forward.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';

export type ClusterOptions = {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const USER_AGENT = 'rxctl';
const OTHER_CLUSTER = 'is the cluster up, and the right one? say which: --context NAME or --kubeconfig FILE';

export class Cluster {
  readonly namespace: string;
  readonly rest: RestClient;
  readonly logs: PodLogs;
  readonly forwards: PortForwards;
  /** Pods have addresses that answer from here. */
  readonly isInside: boolean;

  private constructor(parts: Pick<Cluster, 'namespace' | 'rest' | 'logs' | 'forwards' | 'isInside'>) {
    this.namespace = parts.namespace;
    this.rest = parts.rest;
    this.logs = parts.logs;
    this.forwards = parts.forwards;
    this.isInside = parts.isInside;
  }

  /** Reads the kubeconfig; asks nobody yet. */
  static async open({ namespace, ...where }: ClusterOptions, env: Environment): Promise<Cluster> {
    try {
      const config = await loadKubeConfig(where satisfies AccessOptions);
      const access = accessOf(config, systemClock.now);
      const options = { access, clock: systemClock, random: Math.random, userAgent: USER_AGENT };
      return new Cluster({
        namespace: namespace ?? access.namespace,
        rest: new RestClient(options),
        logs: new PodLogs(options),
        forwards: new PortForwards(tunnelThrough(config)),
        isInside: access.server.hostname === env['KUBERNETES_SERVICE_HOST'],
      });
    } catch (error) {
      throw translated(error);
    }
  }

  async close(): Promise<void> {
    this.rest.close();
    this.logs.close();
    await this.forwards.close();
  }
}

const MEANING: Readonly<Partial<Record<KubeCode, readonly [code: ExitCode, cure: string]>>> = {
  UNREACHABLE: [EXIT.notReachable, OTHER_CLUSTER],
  TIMEOUT: [EXIT.notReachable, OTHER_CLUSTER],
  SERVER: [EXIT.notReachable, 'try again in a moment'],
  BUSY: [EXIT.notReachable, 'try again in a moment'],
  UNAUTHORISED: [EXIT.error, 'log in again, or say who you are: --context NAME or --kubeconfig FILE'],
  FORBIDDEN: [EXIT.error, 'looking needs the role rexnet-view, changing rexnet-edit'],
  INVALID: [EXIT.usage, 'correct the file; rxctl lint names its lines'],
  CONFLICT: [EXIT.error, 'somebody else owns that field: leave it out of the file, or take it over with kubectl apply'],
};

/** An error of the verb for one of the cluster; any other as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof AccessError)
    return new CliError(EXIT.notReachable, error.message, OTHER_CLUSTER, { cause: error });
  if (!(error instanceof KubeError)) return error;
  const [code, cure] = MEANING[error.code] ?? [EXIT.error];
  // In front of the server's words stands which request they are about.
  const said = error.message.replace(/^[A-Z]+ \/\S+: /, '');
  const what = error.code === 'UNREACHABLE' || error.code === 'TIMEOUT' ? 'does not answer' : 'says';
  return new CliError(code, `the cluster ${what}: ${said}`, cure, { cause: error });
}

export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}
