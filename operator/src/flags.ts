// The flags of the operator: what it is told when it starts. It reads them and checks their form; it does nothing with them.
import { hostname } from 'node:os';
import { LOG_LEVELS, type LogLevel } from '@rexnet/node/telemetry/log.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isTimeSpan } from './api/durations.ts';
import { LEASE_NAME } from './kube/lease.ts';
import type { Images } from './plan/kube/images.ts';
import { SwitchCommand } from './switch-command.ts';

export type OperatorFlags = {
  readonly namespace?: readonly string[];
  readonly allNamespaces?: true;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly image: string;
  readonly imagePullPolicy: Images['imagePullPolicy'];
  readonly bitcoindImage: string;
  readonly leaderElect?: true;
  readonly leaseNamespace?: string;
  readonly leaseName: string;
  readonly instance: string;
  readonly metrics: { readonly host: string; readonly port: number };
  readonly externalMetrics?: { readonly host: string; readonly port: number };
  readonly externalMetricsCertificate: string;
  readonly podMonitors?: true;
  readonly podMonitorLabels: Readonly<Record<string, string>>;
  readonly podMonitorInterval: string;
  readonly defaultTtl?: string;
  readonly logLevel: LogLevel;
};

const EXAMPLES = `
Examples:
  rexnet-operator --all-namespaces --leader-elect --metrics 0.0.0.0:8080 --image ghcr.io/rexnet/rexnet:0.1.0
  rexnet-operator --namespace team-a --namespace team-b --image ghcr.io/rexnet/rexnet:0.1.0
  rexnet-operator --kubeconfig ~/.kube/config --image rexnet:dev --log-level debug     (outside of the cluster)

Every flag may be given as an environment variable: REXNET_IMAGE, REXNET_BITCOIND_IMAGE, REXNET_NAMESPACE=team-a,team-b …`;

const PORT_MAX = 65_535;

/** Writes help and mistakes where it is told to; parsing throws CommanderError for both. */
export function operatorCommand(write: {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}): Command {
  return new SwitchCommand('rexnet-operator')
    .description('Makes what Testnet objects ask for, and keeps it so.')
    .addOption(env('--namespace <name>', 'serve Testnets of this namespace only; may be repeated').argParser(names))
    .addOption(env('--all-namespaces', 'serve Testnets of all namespaces (the default)').conflicts('namespace'))
    .addOption(
      env(
        '--kubeconfig <file>',
        'how to reach the cluster (default: KUBECONFIG, ~/.kube/config, then that of the pod)',
      ),
    )
    .addOption(env('--context <name>', 'context of the kubeconfig'))
    .addOption(
      env(
        '--image <reference>',
        'image of Testnets that name none: the one the operator itself runs',
      ).makeOptionMandatory(),
    )
    .addOption(
      env('--image-pull-policy <policy>', 'when new Testnets pull their images')
        .choices(['Always', 'IfNotPresent', 'Never'])
        .default('IfNotPresent'),
    )
    .addOption(
      env('--bitcoind-image <reference>', 'image of bitcoind; without it new Testnets have a toy parent chain').default(
        '',
      ),
    )
    .addOption(env('--leader-elect', 'wait for a Lease before working, so that several may run'))
    .addOption(env('--lease-namespace <name>', 'namespace of the Lease (default: that of the operator)'))
    .addOption(env('--lease-name <name>', 'name of the Lease').default(LEASE_NAME))
    .addOption(
      env('--instance <name>', 'how this process is called in events').default(process.env['POD_NAME'] ?? hostname()),
    )
    .addOption(
      env('--metrics <host:port>', 'where /metrics, /livez and /readyz are served')
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080')
        .argParser(address),
    )
    .addOption(
      env(
        '--external-metrics <host:port>',
        'where the API external.metrics.k8s.io is served, so that an autoscaler can read rexnet_tps (default: nowhere)',
      ).argParser(address),
    )
    .addOption(
      env('--external-metrics-certificate <folder>', 'where its tls.crt and tls.key are').default(
        '/etc/rexnet/external-metrics',
      ),
    )
    .addOption(env('--pod-monitors', 'make a PodMonitor for each Testnet, as its spec.monitoring.podMonitor says'))
    .addOption(
      env('--pod-monitor-labels <name=value,...>', 'what a Prometheus selects PodMonitors by')
        .default({}, 'none')
        .argParser(labels),
    )
    .addOption(env('--pod-monitor-interval <duration>', 'how often they scrape').default('15s').argParser(duration))
    .addOption(
      env(
        '--default-ttl <duration>',
        'delete new Testnets without spec.ttl so long after their creation (default: never)',
      ).argParser(duration),
    )
    .addOption(env('--log-level <level>', 'what is logged').choices(LOG_LEVELS).default('info'))
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err });
}

export function readOperatorFlags(command: Command, args: readonly string[]): OperatorFlags {
  return command.parse([...args], { from: 'user' }).opts<OperatorFlags>();
}

function env(flags: string, description: string): Option {
  const [name = ''] = flags.replace(/^--/, '').split(' ');
  return new Option(flags, description).env(`REXNET_${name.replaceAll('-', '_').toUpperCase()}`);
}

function names(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name !== '')];
}

function labels(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value, ...rest] = pair.split('=');
      if (name === '' || value === undefined || rest.length > 0)
        throw new InvalidArgumentError('Write name=value,name=value.');
      return [name, value];
    }),
  );
}

function duration(text: string): string {
  if (!isTimeSpan(text)) throw new InvalidArgumentError('Write a duration such as 15s, 30m or 8h.');
  return text;
}

function address(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > PORT_MAX)
    throw new InvalidArgumentError('Write HOST:PORT, such as 0.0.0.0:8080.');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port };
}
