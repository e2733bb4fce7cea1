// How Prometheus' operator is told to scrape the pods of a Testnet, and with which labels: those that rules and dashboards group by.
// Whether its kind is installed is not known here.
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { KubeInput } from './input.ts';
import { LABEL, type Labels, labelsOf } from './labels.ts';
import { testnetMeta } from './owner.ts';

/** From the chart: what a Prometheus selects by, and how often it asks. */
export type Scraping = { readonly labels: Readonly<Labels>; readonly interval: string };

type Relabeling = { readonly sourceLabels: readonly string[]; readonly targetLabel: string };

export type PodMonitorObject = {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PodMonitor';
  readonly metadata: V1ObjectMeta;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Labels> };
    readonly sampleLimit: number;
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly interval: string;
      readonly honorLabels: boolean;
      readonly relabelings: readonly Relabeling[];
    }[];
  };
};

/** A node serves about 1,000 series; more than this is a mistake. */
const SAMPLES_MAX = 20_000;
const POD_LABEL = '__meta_kubernetes_pod_label_rexnet_dev_';

export function podMonitor(input: KubeInput, { labels, interval }: Scraping): PodMonitorObject {
  const { name } = input.testnet;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { ...testnetMeta(input, name, 'network'), labels: { ...labels, ...labelsOf(name, 'network') } },
    spec: {
      selector: { matchLabels: { [LABEL.testnet]: name } },
      sampleLimit: SAMPLES_MAX,
      podMetricsEndpoints: [
        {
          port: 'metrics',
          path: '/metrics',
          interval,
          // Where a program says its group itself, as a miner of each proof, its word counts.
          honorLabels: true,
          relabelings: [
            { sourceLabels: [`${POD_LABEL}testnet`], targetLabel: 'testnet' },
            { sourceLabels: [`${POD_LABEL}component`], targetLabel: 'component' },
            { sourceLabels: [`${POD_LABEL}group`], targetLabel: 'group' },
            { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'node' },
            // `node` is a node of a group.
            { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'machine' },
          ],
        },
      ],
    },
  };
}
