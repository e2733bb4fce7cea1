// The cluster a verb talks to: objects through the API server, logs and ports of pods. What the API server refuses becomes an
// error of the verb, in the server's own words. It knows no Testnet.
import { AccessError, type AccessOptions, accessOf, loadKubeConfig } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { type KubeCode, KubeError } from '@rexnet/operator/kube/errors.ts';
import { PodLogs } from '@rexnet/operator/kube/pod-logs.ts';
import { PortForwards, tunnelThrough } from '@rexnet/operator/kube/port-forward.ts';
import type { Resource } from '@rexnet/operator/kube/resources.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';

export type ClusterOptions = {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
};

type Caller = Pick<Io, 'env' | 'signal'>;

const USER_AGENT = 'rxctl';
const LOG_IN = 'log in again, or say who you are: --context NAME or --kubeconfig FILE';
const OTHER_CONFIG = 'say which: --kubeconfig FILE or KUBECONFIG, and --context NAME';
const OTHER_CLUSTER = 'is the cluster up, and the right one? say which: --context NAME or --kubeconfig FILE';

export class Cluster {
  readonly namespace: string;
  /** Where the API server is. */
  readonly server: string;
  readonly rest: RestClient;
  readonly logs: PodLogs;
  readonly forwards: PortForwards;
  /** Pods have addresses that answer from here. */
  readonly isInside: boolean;

  private constructor(parts: Pick<Cluster, 'namespace' | 'server' | 'rest' | 'logs' | 'forwards' | 'isInside'>) {
    this.namespace = parts.namespace;
    this.server = parts.server;
    this.rest = parts.rest;
    this.logs = parts.logs;
    this.forwards = parts.forwards;
    this.isInside = parts.isInside;
  }

  /** Reads the kubeconfig; asks nobody yet. The signal of the verb ends whatever is asked. */
  static async open({ namespace, ...where }: ClusterOptions, { env, signal }: Caller): Promise<Cluster> {
    try {
      const config = await loadKubeConfig(where satisfies AccessOptions);
      const access = accessOf(config, systemClock.now);
      const options = { access, clock: systemClock, random: Math.random, userAgent: USER_AGENT, signal };
      const forwards = new PortForwards(tunnelThrough(config));
      signal.addEventListener('abort', () => void forwards.close(), { once: true });
      return new Cluster({
        namespace: namespace ?? access.namespace,
        server: access.server.origin,
        rest: new RestClient(options),
        logs: new PodLogs(options),
        forwards,
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
  UNAUTHORISED: [EXIT.error, LOG_IN],
  FORBIDDEN: [
    EXIT.error,
    'looking needs the role view in this namespace (rexnet-view is in it), the rest the role edit',
  ],
  INVALID: [EXIT.usage, 'correct the file; rxctl lint names its lines'],
  CONFLICT: [EXIT.error, 'somebody else owns that field: leave it out of the file, or take it over with kubectl apply'],
};

/** The same answer is given where a kind is unknown. */
const NO_NAMESPACE = /namespaces "/;

/** An error of the verb for one of the cluster; any other as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof AccessError)
    return new CliError(EXIT.notReachable, error.message, OTHER_CONFIG, { cause: error });
  // Given up by ourselves: whoever did it says why.
  if (!(error instanceof KubeError) || error.code === 'ABORTED') return error;
  if (error.cause instanceof AccessError)
    return new CliError(EXIT.error, error.cause.message, LOG_IN, { cause: error });
  const [code, cure] = MEANING[error.code] ?? [EXIT.error];
  // In front of the server's words stands which request they are about.
  const said = error.message.replace(/^[A-Z]+ \/\S+: /, '');
  const what = error.code === 'UNREACHABLE' || error.code === 'TIMEOUT' ? 'does not answer' : 'says';
  return new CliError(code, `the cluster ${what}: ${said}`, cure, { cause: error });
}

/** An answer about a kind of ours that the cluster may not have. */
export async function known<T>(answer: Promise<T>, { kind }: Resource): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isUnknown = error instanceof KubeError && error.code === 'NOT_FOUND' && !NO_NAMESPACE.test(error.message);
    if (!isUnknown) throw translated(error);
    throw new CliError(
      EXIT.notReachable,
      `the cluster does not know what a ${kind} is`,
      'install the operator: helm install rexnet charts/rexnet',
      { cause: error },
    );
  }
}

export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}
