// The page that answers "is it OK, and does it scale?" for a whole testnet.
import { IN_TESTNET, NAMESPACE, TESTNET } from './chosen.ts';
import type { Page } from './panels.ts';

export const OVERVIEW: Page = {
  uid: 'rexnet-overview',
  title: 'Rexnet / Overview',
  description:
    'One testnet: is it OK, how many transactions complete against what could, and what it costs to be many groups.',
  variables: [NAMESPACE, TESTNET],
  rows: [
    {
      title: 'In one line',
      panels: [
        {
          kind: 'stat',
          title: 'Is it OK?',
          description: 'Alerts that fire now. What each means and what to do: docs/metrics.md.',
          unit: 'short',
          queries: [{ expr: `count(ALERTS{alertstate="firing", ${IN_TESTNET}}) or vector(0)`, legend: 'alerts' }],
          words: [
            { from: 0, to: 0, text: 'OK', color: 'green' },
            { from: 1, to: 1, text: '1 alert', color: 'red' },
            { from: 2, to: null, text: 'alerts', color: 'red' },
          ],
        },
        {
          kind: 'stat',
          title: 'TPS',
          description: 'Transactions whose whole relay tree completed, a second, as the load generators see it.',
          unit: 'short',
          queries: [{ expr: `rexnet:tps:rate1m{${IN_TESTNET}}`, legend: 'completed' }],
        },
        {
          kind: 'stat',
          title: 'Efficiency',
          description: 'TPS over the lesser of what is offered and what the blocks of all groups take.',
          unit: 'percentunit',
          queries: [{ expr: `rexnet:efficiency:ratio{${IN_TESTNET}}`, legend: 'efficiency' }],
        },
        {
          kind: 'stat',
          title: 'Groups with blocks',
          description: 'Groups that had a block in the last minute.',
          unit: 'short',
          queries: [{ expr: `rexnet:groups{${IN_TESTNET}}`, legend: 'groups' }],
        },
        {
          kind: 'stat',
          title: 'Completed, p95',
          description: 'From the intended send to completion, 95 of 100 transactions.',
          unit: 's',
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (le) (rate(rexnet_load_completed_seconds_bucket{${IN_TESTNET}}[1m])))`,
              legend: 'p95',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Lowest height',
          description: 'Height of the group that has the fewest blocks.',
          unit: 'short',
          queries: [{ expr: `min(rexnet_chain_executed_height_blocks{${IN_TESTNET}})`, legend: 'height' }],
        },
      ],
    },
    {
      title: 'Does it scale?',
      panels: [
        {
          kind: 'series',
          title: 'TPS against ideal',
          description:
            'Completed is the claim; executed is what nodes see of it, before relays arrive; ideal is the lesser of offered and capacity.',
          unit: 'short',
          width: 16,
          min: 0,
          queries: [
            { expr: `rexnet:ideal_tps{${IN_TESTNET}}`, legend: 'ideal' },
            { expr: `rexnet:tps:rate1m{${IN_TESTNET}}`, legend: 'completed' },
            { expr: `rexnet:executed_tps:rate1m{${IN_TESTNET}}`, legend: 'executed' },
            { expr: `rexnet:offered_tps:rate1m{${IN_TESTNET}}`, legend: 'offered' },
            { expr: `rexnet:capacity_tps{${IN_TESTNET}}`, legend: 'capacity' },
          ],
        },
        {
          kind: 'series',
          title: 'TPS for each group',
          description: 'Level while groups are added: growth is linear. Capacity is what one group takes at most.',
          unit: 'short',
          min: 0,
          queries: [
            { expr: `rexnet:tps_per_group:rate1m{${IN_TESTNET}}`, legend: 'completed' },
            { expr: `rexnet:capacity_tps{${IN_TESTNET}} / rexnet:groups{${IN_TESTNET}}`, legend: 'capacity' },
          ],
        },
        {
          kind: 'series',
          title: 'Groups',
          description: 'Groups that had a block in the last minute. kubectl scale adds some.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `rexnet:groups{${IN_TESTNET}}`, legend: 'groups' }],
        },
        {
          kind: 'series',
          title: 'Efficiency',
          description: 'Completed over ideal. Below 0.97 under steady load something other than capacity is the limit.',
          unit: 'percentunit',
          min: 0,
          max: 1.1,
          queries: [{ expr: `rexnet:efficiency:ratio{${IN_TESTNET}}`, legend: 'efficiency' }],
        },
        {
          kind: 'series',
          title: 'Executed by group',
          description: 'First invocations that ran successfully. Equal groups lie on one line.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `rexnet:group_executed_tps:rate1m{${IN_TESTNET}}`, legend: 'group {{group}}' }],
        },
        {
          kind: 'series',
          title: 'Fill by group',
          description: 'Gas burnt over what full blocks at every beat would burn.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          queries: [{ expr: `rexnet:group_fill:ratio1m{${IN_TESTNET}}`, legend: 'group {{group}}' }],
        },
        {
          kind: 'series',
          title: 'Imbalance',
          description: 'How much more the busiest group burns than the mean.',
          unit: 'percentunit',
          min: 0,
          queries: [{ expr: `rexnet:imbalance:ratio1m{${IN_TESTNET}}`, legend: 'busiest over mean' }],
        },
      ],
    },
    {
      title: 'What it costs to be many groups',
      panels: [
        {
          kind: 'series',
          title: 'Latency of transactions',
          description: 'From the intended send, by the load generators.',
          unit: 's',
          min: 0,
          queries: [0.5, 0.95, 0.99].map((share) => ({
            expr: `histogram_quantile(${share}, sum by (le) (rate(rexnet_load_completed_seconds_bucket{${IN_TESTNET}}[1m])))`,
            legend: `completed p${share * 100}`,
          })),
        },
        {
          kind: 'series',
          title: 'Latency of relays',
          description: 'From the block that sent relays to the one that read them.',
          unit: 's',
          min: 0,
          queries: [
            { expr: `rexnet:relay_latency_seconds:p50_1m{${IN_TESTNET}}`, legend: 'p50' },
            { expr: `rexnet:relay_latency_seconds:p95_1m{${IN_TESTNET}}`, legend: 'p95' },
          ],
        },
        {
          kind: 'series',
          title: 'Latency of relays in blocks',
          description: 'The same in beats; confirmations + 1 is the least.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `rexnet:relay_latency_blocks:p95_1m{${IN_TESTNET}}`, legend: 'p95' }],
        },
        {
          kind: 'series',
          title: 'Crossing groups',
          description: 'Of the relays that ran, how many came from another group. With random pairs 1 - 1/groups.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          queries: [{ expr: `rexnet:cross_group_share:ratio1m{${IN_TESTNET}}`, legend: 'crossing' }],
        },
        {
          kind: 'series',
          title: 'Lag by source',
          description: 'Blocks of a group that the slowest of its readers has not read.',
          unit: 'short',
          min: 0,
          queries: [
            { expr: `max by (source) (rexnet:read_lag_blocks:max{${IN_TESTNET}})`, legend: 'of group {{source}}' },
          ],
        },
        {
          kind: 'series',
          title: 'Failed transactions',
          description: 'By why, a second. Legitimately without series while none failed.',
          unit: 'short',
          min: 0,
          queries: [
            { expr: `sum by (reason) (rate(rexnet_load_failed_total{${IN_TESTNET}}[1m]))`, legend: '{{reason}}' },
            {
              expr: `sum by (kind) (rate(rexnet_chain_receipts_total{${IN_TESTNET}, status="failed"}[1m]))`,
              legend: 'failed {{kind}} receipts',
            },
          ],
        },
      ],
    },
    {
      title: 'Where it runs',
      panels: [
        {
          kind: 'series',
          title: 'Processor by machine',
          description: 'Cores that all programs of this testnet use. A laptop is one machine and has no name here.',
          unit: 'short',
          min: 0,
          queries: [
            { expr: `sum by (machine) (rate(process_cpu_seconds_total{${IN_TESTNET}}[1m]))`, legend: 'on {{machine}}' },
          ],
        },
        {
          kind: 'series',
          title: 'Nodes by machine',
          description: 'Nodes that answer. Machines differ by one at most when all of them are there.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `sum by (machine) (up{component="node", ${IN_TESTNET}})`, legend: 'on {{machine}}' }],
        },
        {
          kind: 'series',
          title: 'Partitions by group',
          description: 'Who owns how many. A group that has just joined owns none until partitions move to it.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `max by (group) (rexnet_chain_partitions{${IN_TESTNET}})`, legend: 'group {{group}}' }],
        },
      ],
    },
    {
      title: 'The generator itself',
      panels: [
        {
          kind: 'series',
          title: 'Event loop delay of the generator',
          description: 'Above 50 ms its figures say more about itself than about the network.',
          unit: 's',
          min: 0,
          queries: [{ expr: `max by (node) (rexnet_load_loop_delay_seconds{${IN_TESTNET}})`, legend: '{{node}}' }],
        },
        {
          kind: 'series',
          title: 'Sent late',
          description: 'Transactions it sent more than a second after their time.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `sum(rate(rexnet_load_late_total{${IN_TESTNET}}[1m]))`, legend: 'late' }],
        },
        {
          kind: 'series',
          title: 'Under way',
          description: 'Offered, fate open.',
          unit: 'short',
          min: 0,
          queries: [{ expr: `sum(rexnet_load_pending{${IN_TESTNET}})`, legend: 'pending' }],
        },
      ],
    },
  ],
};
