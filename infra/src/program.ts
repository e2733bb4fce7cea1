// All that a stack puts into a cluster: namespaces, Prometheus and Grafana, the operator with its CRDs, and a Testnet.
// It is given its settings and reads nothing itself.
import { apiextensions, core, helm } from '@pulumi/kubernetes';
import type { Input, Output } from '@pulumi/pulumi';
import { clusterFor } from './cluster.ts';
import { mergeValues } from './merge-values.ts';
import type { Settings } from './settings.ts';

const OPERATOR_NAMESPACE = 'rexnet-system';
const MONITORING_NAMESPACE = 'monitoring';
const GRAFANA = `kubectl --namespace ${MONITORING_NAMESPACE} port-forward service/monitoring-grafana 3000:80`;
const STACK = {
  chart: 'kube-prometheus-stack',
  version: '76.5.1',
  repository: 'https://prometheus-community.github.io/helm-charts',
} as const;
const RELEASE_MAX_SECONDS = 900;
/** Pulumi has made it when all its groups have had a block, and deleted it when nothing of it is left. */
const TESTNET_WAITS = {
  'pulumi.com/waitFor': 'condition=FirstBlock',
  'pulumi.com/deletionPropagationPolicy': 'foreground',
} as const;
const TESTNET_MAX = { create: '10m', update: '10m', delete: '5m' } as const;
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' } as const;

export type Outputs = {
  /** Namespace and name. */
  readonly testnet: Output<string>;
  /** The command that shows how it is. */
  readonly look: Output<string>;
  /** The command that opens Grafana; undefined where there is none. */
  readonly grafana: string | undefined;
  /** Of the cluster that the stack made, a secret; undefined where it was given. */
  readonly kubeconfig: Output<string> | undefined;
};

/** `chart` is the path of charts/rexnet. */
export function deploy(settings: Settings, chart: string): Outputs {
  const { provider, ready, kubeconfig } = clusterFor(settings.cluster);
  const inCluster = { provider, dependsOn: [...ready] };
  const operatorNamespace = namespace('operator', OPERATOR_NAMESPACE, RESTRICTED, inCluster);
  const testnets = namespace('testnets', settings.testnetNamespace, RESTRICTED, inCluster);
  const monitoring = settings.monitoring ? [monitoringStack(inCluster)] : [];
  const operator = new helm.v3.Release(
    'rexnet',
    {
      name: 'rexnet',
      chart,
      namespace: OPERATOR_NAMESPACE,
      timeout: RELEASE_MAX_SECONDS,
      values: operatorValues(settings),
    },
    { provider, dependsOn: [operatorNamespace, ...ready, ...monitoring] },
  );
  const { metadata, spec } = settings.testnet;
  const testnet = new apiextensions.CustomResource(
    'testnet',
    {
      apiVersion: 'rexnet.dev/v1alpha1',
      kind: 'Testnet',
      metadata: {
        ...metadata,
        namespace: settings.testnetNamespace,
        annotations: { ...TESTNET_WAITS, ...metadata.annotations },
      },
      spec: settings.machinePerGroup ? oneMachinePerGroup(spec) : spec,
    },
    { provider, dependsOn: [operator, testnets], customTimeouts: TESTNET_MAX },
  );
  const named = testnet.metadata;
  return {
    testnet: named.apply(({ namespace: where, name }) => `${where}/${name}`),
    look: named.apply(({ namespace: where, name }) => `kubectl --namespace ${where} get testnet ${name} --output wide`),
    grafana: settings.monitoring ? GRAFANA : undefined,
    kubeconfig,
  };
}

type Options = ConstructorParameters<typeof core.v1.Namespace>[2];

function namespace(resource: string, name: string, labels: Record<string, Input<string>>, options: Options) {
  return new core.v1.Namespace(resource, { metadata: { name, labels } }, options);
}

/** Their node exporter reads the machine, which restricted pods may not. */
function monitoringStack(options: Options): helm.v3.Release {
  const room = namespace(
    'monitoring',
    MONITORING_NAMESPACE,
    { 'pod-security.kubernetes.io/enforce': 'privileged' },
    options,
  );
  // Without this Prometheus looks at what its own release made and at nothing else.
  const all = Object.fromEntries(
    ['podMonitor', 'serviceMonitor', 'rule'].map((kind) => [`${kind}SelectorNilUsesHelmValues`, false]),
  );
  return new helm.v3.Release(
    'monitoring-release',
    {
      name: 'monitoring',
      chart: STACK.chart,
      version: STACK.version,
      repositoryOpts: { repo: STACK.repository },
      namespace: MONITORING_NAMESPACE,
      timeout: RELEASE_MAX_SECONDS,
      values: {
        prometheus: { prometheusSpec: { ...all, scrapeInterval: '5s' } },
        grafana: { sidecar: { dashboards: { enabled: true, label: 'grafana_dashboard', searchNamespace: 'ALL' } } },
      },
    },
    { ...options, dependsOn: [room] },
  );
}

/** With monitoring its APIs are there when the chart comes, so nothing is left to Auto. */
function operatorValues({ monitoring, chartValues }: Settings): Record<string, unknown> {
  const made = monitoring ? 'Always' : 'Never';
  const own = {
    monitoring: {
      serviceMonitor: made,
      // One for each Testnet, made by the operator.
      podMonitor: monitoring ? 'Auto' : 'Never',
      prometheusRule: made,
      dashboards: made,
    },
  };
  return mergeValues(own, chartValues);
}

function oneMachinePerGroup(spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...spec, placement: { strategy: 'Exclusive', separateLoad: 'Required' } };
}
