// The page of merge mining: the parent chain, the work of the miners, what the groups made of it.
import { IN_TESTNET, NAMESPACE, TESTNET } from './chosen.ts';
import type { Page, Panel } from './panels.ts';

function series(panel: Pick<Panel, 'title' | 'description' | 'unit' | 'queries'>): Panel {
  return { kind: 'series', min: 0, ...panel };
}

export const MERGE_MINING: Page = {
  uid: 'rexnet-merge-mining',
  title: 'Rexnet / Merge mining',
  description: 'One piece of work proves blocks of all groups and of Bitcoin.',
  variables: [NAMESPACE, TESTNET],
  rows: [
    {
      title: 'Parent chain',
      panels: [
        {
          kind: 'stat',
          title: 'Parent',
          description: 'Whether every miner has a parent chain to mine on.',
          unit: 'short',
          queries: [{ expr: `min(rexnet:parent_reachable{${IN_TESTNET}})`, legend: 'parent' }],
          words: [
            { from: 0, to: 0, text: 'lost', color: 'red' },
            { from: 1, to: 1, text: 'there', color: 'green' },
          ],
        },
        {
          kind: 'stat',
          title: 'On-chain',
          description: 'Parent headers in the best Bitcoin chain, solved since the miners started.',
          unit: 'short',
          queries: [
            { expr: `sum(rexnet_mining_parents_blocks{${IN_TESTNET}, parent="on-chain"})`, legend: 'on-chain' },
          ],
        },
        {
          kind: 'stat',
          title: 'Orphan',
          description: 'Met the parent target and lost the race: still valid work for the groups.',
          unit: 'short',
          queries: [{ expr: `sum(rexnet_mining_parents_blocks{${IN_TESTNET}, parent="orphan"})`, legend: 'orphan' }],
        },
        {
          kind: 'stat',
          title: 'Premature',
          description: 'Met only the target of a group: valid work as well.',
          unit: 'short',
          queries: [
            { expr: `sum(rexnet_mining_parents_blocks{${IN_TESTNET}, parent="premature"})`, legend: 'premature' },
          ],
        },
        {
          kind: 'stat',
          title: 'Bitcoin height',
          description: 'Tip of the parent chain as miners see it.',
          unit: 'short',
          queries: [{ expr: `max(rexnet_bitcoin_height_blocks{${IN_TESTNET}, component="miner"})`, legend: 'height' }],
        },
        {
          kind: 'stat',
          title: 'Groups due',
          description: 'Groups whose template may be mined now.',
          unit: 'short',
          queries: [{ expr: `max(rexnet_mining_groups_due{${IN_TESTNET}})`, legend: 'due' }],
        },
        series({
          title: 'Parents',
          description: 'By how they stand now: a reorganisation of Bitcoin moves some from on-chain to orphan.',
          unit: 'short',
          queries: [{ expr: `sum by (parent) (rexnet_mining_parents_blocks{${IN_TESTNET}})`, legend: '{{parent}}' }],
        }),
        series({
          title: 'Bitcoin height',
          description: 'The tip, and what group 0 has recorded of it.',
          unit: 'short',
          queries: [
            { expr: `max(rexnet_bitcoin_height_blocks{${IN_TESTNET}, component="miner"})`, legend: 'tip' },
            { expr: `max(rexnet_bitcoin_height_blocks{${IN_TESTNET}, component="node"})`, legend: 'recorded' },
          ],
        }),
        series({
          title: 'Bitcoin headers offered to nodes',
          description: 'Refused ones were known already, or belong to group 0.',
          unit: 'short',
          queries: [
            { expr: `sum by (result) (rate(rexnet_bitcoin_headers_total{${IN_TESTNET}}[1m]))`, legend: '{{result}}' },
          ],
        }),
        series({
          title: 'Blocks handed to the parent chain',
          description: 'At most one a second.',
          unit: 'short',
          queries: [
            { expr: `sum by (result) (rate(rexnet_mining_submits_total{${IN_TESTNET}}[1m]))`, legend: '{{result}}' },
          ],
        }),
        series({
          title: 'Calls to bitcoind',
          description: 'Calls a second, and those that failed; none on a toy parent chain.',
          unit: 'short',
          queries: [
            { expr: `sum(rate(rexnet_bitcoin_rpc_seconds_count{${IN_TESTNET}}[1m]))`, legend: 'calls' },
            { expr: `sum(rate(rexnet_bitcoin_rpc_errors_total{${IN_TESTNET}}[1m]))`, legend: 'failed' },
          ],
        }),
        series({
          title: 'Calls to bitcoind, p95',
          description: 'Without long polls; no value on a toy parent chain.',
          unit: 's',
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (le) (rate(rexnet_bitcoin_rpc_seconds_bucket{${IN_TESTNET}}[1m])))`,
              legend: 'p95',
            },
          ],
        }),
      ],
    },
    {
      title: 'Work',
      panels: [
        series({
          title: 'Hashes',
          description: 'Parent headers hashed, a second.',
          unit: 'short',
          queries: [
            { expr: `sum by (node) (rate(rexnet_mining_hashes_total{${IN_TESTNET}}[1m]))`, legend: '{{node}}' },
          ],
        }),
        series({
          title: 'Pieces of work',
          description: 'Made from templates of all groups and of the parent, a second.',
          unit: 'short',
          queries: [{ expr: `sum by (node) (rate(rexnet_mining_work_total{${IN_TESTNET}}[1m]))`, legend: '{{node}}' }],
        }),
        series({
          title: 'CPU of miners',
          description: 'Of one core.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (node) (rate(process_cpu_seconds_total{${IN_TESTNET}, component="miner"}[1m]))`,
              legend: '{{node}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'What groups made of it',
      panels: [
        series({
          title: 'Proofs accepted',
          description: 'By group, a second: all groups share the hits, so the lines lie together.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (group) (rate(rexnet_mining_proofs_total{${IN_TESTNET}, result="accepted"}[1m]))`,
              legend: 'group {{group}}',
            },
          ],
        }),
        series({
          title: 'Proofs judged by nodes',
          description: 'For their own templates; with two miners the slower one is refused.',
          unit: 'short',
          queries: [
            { expr: `sum by (result) (rate(rexnet_template_proofs_total{${IN_TESTNET}}[1m]))`, legend: '{{result}}' },
          ],
        }),
        series({
          title: 'Blocks by group',
          description: 'In the last minute, as any node saw them.',
          unit: 'short',
          queries: [{ expr: `rexnet:group_blocks:delta1m{${IN_TESTNET}}`, legend: 'group {{group}}' }],
        }),
      ],
    },
  ],
};
