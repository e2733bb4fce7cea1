// The recording and alert rules as data: names, expressions, thresholds, what to do. They are written out as YAML for
// Prometheus; nothing here knows where it runs. Series carry the labels a scrape adds: testnet, component, group, node, and in a
// cluster namespace, because testnets of two namespaces may have one name.

export interface RecordingRule {
  readonly record: `rexnet:${string}`;
  readonly expr: string;
  readonly unit: string;
  /** For the generated documentation. */
  readonly help: string;
}

/** A measured vector and the comparison that makes it alarming; the vector alone always has an answer. */
export interface Symptom {
  readonly value: string;
  readonly alarms: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly severity: 'critical' | 'warning';
  readonly symptoms: readonly [Symptom, ...Symptom[]];
  /** How long it must last. */
  readonly for: `${number}${'s' | 'm'}`;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/** Of every rate here: short enough to follow a run, long enough for any scrape interval up to 15 s. */
const WINDOW = '1m';
/** Groups may beat more slowly than an alert waits; these are left alone. */
const BEAT_MAX_SECONDS = 10;
export const LAG_MAX_BLOCKS = 20;
/** A quarter of maxLag, from which calls into a lagging group fail with DESTINATION_BUSY. */
export const BACKLOG_MAX_BLOCKS = 64;
/** Half of maxQueue, from which a group reads nothing more. */
export const QUEUE_MAX_RELAYS = 32_768;
/** The default of `confirmations`: a deeper switch takes back what clients called completed. */
export const REORG_DEPTH_MAX_BLOCKS = 2;

/** Of the nodes of a group, the one that is furthest: they count the same blocks. */
function perGroup(vector: string): string {
  return `max by (namespace, testnet, group) (${vector})`;
}

function rate(series: string): string {
  return `rate(${series}[${WINDOW}])`;
}

function quantile(share: number, histogram: string, labels = ''): string {
  return `histogram_quantile(${share}, sum by (namespace, testnet${labels}, le) (${rate(`${histogram}_bucket`)}))`;
}

export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    record: 'rexnet:group_executed_tps:rate1m',
    expr: perGroup(rate('rexnet_chain_receipts_total{kind="transaction",status="success"}')),
    unit: 'transactions/s',
    help: 'User transactions whose first invocation ran successfully, per group. Relays of them may still run or fail.',
  },
  {
    record: 'rexnet:group_utps:rate1m',
    expr: perGroup(rate('rexnet_chain_invocations_total')),
    unit: 'invocations/s',
    help: 'Invocations per group: transactions and relays.',
  },
  {
    record: 'rexnet:group_fill:ratio1m',
    expr: `${perGroup(rate('rexnet_chain_gas_total'))} * ${perGroup('rexnet_chain_beat_seconds')} / ${perGroup('rexnet_chain_block_gas')}`,
    unit: 'ratio',
    help: 'Gas burnt over what the group could burn with a full block every beat.',
  },
  {
    record: 'rexnet:group_capacity_tps',
    expr: `${perGroup('rexnet_chain_user_gas')} / ${perGroup('rexnet_chain_beat_seconds')} / on (namespace, testnet) group_left () max by (namespace, testnet) (rexnet_load_transaction_gas)`,
    unit: 'transactions/s',
    help: "The generator's transactions that the blocks of a group take at most.",
  },
  {
    record: 'rexnet:executed_tps:rate1m',
    expr: 'sum by (namespace, testnet) (rexnet:group_executed_tps:rate1m)',
    unit: 'transactions/s',
    help: 'User transactions whose first invocation ran successfully: what nodes alone can tell of TPS.',
  },
  {
    record: 'rexnet:utps:rate1m',
    expr: 'sum by (namespace, testnet) (rexnet:group_utps:rate1m)',
    unit: 'invocations/s',
    help: 'Invocations of all groups.',
  },
  {
    record: 'rexnet:groups',
    expr: 'count by (namespace, testnet) (rexnet:group_blocks:delta1m > 0)',
    unit: 'groups',
    help: 'Groups that had a block in the last minute.',
  },
  {
    record: 'rexnet:tps:rate1m',
    expr: `sum by (namespace, testnet) (${rate('rexnet_load_completed_total')})`,
    unit: 'transactions/s',
    help: 'TPS: transactions whose whole relay tree completed, as the load generators see them.',
  },
  {
    record: 'rexnet:offered_tps:rate1m',
    expr: `sum by (namespace, testnet) (${rate('rexnet_load_offered_total')})`,
    unit: 'transactions/s',
    help: 'What the load generators offer.',
  },
  {
    record: 'rexnet:capacity_tps',
    expr: 'sum by (namespace, testnet) (rexnet:group_capacity_tps)',
    unit: 'transactions/s',
    help: 'What the blocks of all groups take at most: grows by the same step with every group.',
  },
  {
    record: 'rexnet:ideal_tps',
    expr: 'rexnet:offered_tps:rate1m < rexnet:capacity_tps or rexnet:capacity_tps',
    unit: 'transactions/s',
    help: 'The lesser of what is offered and what fits: TPS of a network that loses nothing by being many groups.',
  },
  {
    record: 'rexnet:tps_per_group:rate1m',
    expr: 'rexnet:tps:rate1m / rexnet:groups',
    unit: 'transactions/s',
    help: 'TPS over groups. It stays where it is while groups are added when growth is linear.',
  },
  {
    record: 'rexnet:efficiency:ratio',
    expr: 'rexnet:tps:rate1m / (rexnet:ideal_tps > 0)',
    unit: 'ratio',
    help: 'TPS over its ideal. Steady load only: what was offered last completes some beats later.',
  },
  {
    record: 'rexnet:cross_group_share:ratio1m',
    expr: `sum by (namespace, testnet) (max by (namespace, testnet, group, source) (${rate('rexnet_chain_relays_received_total')})) / (sum by (namespace, testnet) (${perGroup(`sum by (namespace, testnet, group, node) (${rate('rexnet_chain_receipts_total{kind!="transaction"}')})`)}) > 0)`,
    unit: 'ratio',
    help: 'Of the relays and transfers of value that ran, how many came from another group.',
  },
  {
    record: 'rexnet:relay_latency_seconds:p50_1m',
    expr: quantile(0.5, 'rexnet_chain_relay_delay_seconds'),
    unit: 's',
    help: 'From the block that sent relays to the block of another group that read them, by their time stamps: half of the batches.',
  },
  {
    record: 'rexnet:relay_latency_seconds:p95_1m',
    expr: quantile(0.95, 'rexnet_chain_relay_delay_seconds'),
    unit: 's',
    help: 'The same for 95 of 100 batches.',
  },
  {
    record: 'rexnet:relay_latency_blocks:p95_1m',
    expr: 'rexnet:relay_latency_seconds:p95_1m / on (namespace, testnet) max by (namespace, testnet) (rexnet_chain_beat_seconds)',
    unit: 'blocks',
    help: 'The same in beats. At best it is `confirmations` + 1.',
  },
  {
    record: 'rexnet:group_relay_latency_seconds:p95_1m',
    expr: quantile(0.95, 'rexnet_chain_relay_delay_seconds', ', group'),
    unit: 's',
    help: 'The same per group that reads.',
  },
  {
    record: 'rexnet:imbalance:ratio1m',
    expr: 'max by (namespace, testnet) (rexnet:group_fill:ratio1m) / (avg by (namespace, testnet) (rexnet:group_fill:ratio1m) > 0) - 1',
    unit: 'ratio',
    help: 'How much more the busiest group burns than the mean of all: 0 is even.',
  },
  {
    record: 'rexnet:read_lag_blocks:max',
    expr: 'max by (namespace, testnet, group, source) (rexnet_chain_read_lag_blocks)',
    unit: 'blocks',
    help: 'Blocks of a source that a group has not read, by pair; `confirmations` + 1 is no lag.',
  },
  {
    record: 'rexnet:node_lag_blocks',
    expr: 'max by (namespace, testnet, group) (rexnet_chain_executed_height_blocks) - on (namespace, testnet, group) group_right () (max by (namespace, testnet, group, node) (rexnet_chain_executed_height_blocks) or max by (namespace, testnet, group, node) (up{component="node"} == 0))',
    unit: 'blocks',
    help: 'How far a node is behind the best of its group; a node that does not answer, by the whole chain.',
  },
  {
    record: 'rexnet:group_blocks:delta1m',
    expr: `max by (namespace, testnet, group) (label_replace(delta(rexnet_chain_height_blocks[${WINDOW}]), "group", "$1", "source", "(.+)")) or max by (namespace, testnet, group) (up{component="node"})`,
    unit: 'blocks',
    help: 'Blocks of a group in the last minute as any node of any group saw them; of a group nobody knows, whether a node answers.',
  },
  {
    record: 'rexnet:deep_reorganisations:increase5m',
    expr: `sum by (namespace, testnet, group, node) (increase(rexnet_chain_reorganisation_depth_blocks_count[5m])) - sum by (namespace, testnet, group, node) (increase(rexnet_chain_reorganisation_depth_blocks_bucket{le=~"${REORG_DEPTH_MAX_BLOCKS}(\\\\.0)?"}[5m]))`,
    unit: '',
    help: `Switches in the last five minutes that took back more than ${REORG_DEPTH_MAX_BLOCKS} blocks.`,
  },
  {
    record: 'rexnet:parent_reachable',
    expr: 'max by (namespace, testnet, node) (rexnet_mining_parent_reachable) or max by (namespace, testnet, node) (up{component="miner"})',
    unit: '',
    help: '1 while a miner has a parent chain to mine on; 0 also when the miner itself does not answer.',
  },
];

export const ALERT_RULES: readonly AlertRule[] = [
  {
    alert: 'GroupStalled',
    severity: 'critical',
    symptoms: [
      {
        value: 'rexnet:group_blocks:delta1m',
        alarms: `== 0 unless on (namespace, testnet) max by (namespace, testnet) (rexnet_chain_beat_seconds) > ${BEAT_MAX_SECONDS}`,
      },
    ],
    for: '15s',
    summary: 'Group {{ $labels.group }} of {{ $labels.testnet }} has had no block for a minute',
    description:
      'Its users wait, and relays to and from it. The other groups go on; calls into it fail with DESTINATION_BUSY once it is 256 blocks behind.',
    action:
      'rxctl why names the first thing missing. Usually no node of the group runs (rxctl nodes, rxctl logs) or no miner reaches one (rxctl logs miner-0). Nothing is lost: it goes on where it stopped.',
  },
  {
    alert: 'NodeLagging',
    severity: 'warning',
    symptoms: [{ value: 'rexnet:node_lag_blocks', alarms: `> ${LAG_MAX_BLOCKS}` }],
    for: '30s',
    summary: 'Node {{ $labels.node }} of {{ $labels.testnet }} is {{ $value }} blocks behind its group',
    description: 'It answers with old state or not at all. A group of one node has no other to take over.',
    action:
      'rxctl logs {{ $labels.node }}. If it does not run, rxctl up starts it again; if its event loop or store is slow (dashboard Group, row Process), give the machine back some time; if it stands still with DeepReorg and its group has another node, remove its data folder and let it start anew.',
  },
  {
    alert: 'RelayBacklog',
    severity: 'warning',
    symptoms: [
      { value: 'rexnet:read_lag_blocks:max', alarms: `> ${BACKLOG_MAX_BLOCKS}` },
      { value: 'max by (namespace, testnet, group) (rexnet_chain_queued_relays)', alarms: `> ${QUEUE_MAX_RELAYS}` },
    ],
    for: '30s',
    summary:
      'Group {{ $labels.group }} of {{ $labels.testnet }} is behind with relays{{ with $labels.source }} of group {{ . }}{{ end }}',
    description:
      'Transactions that cross into it complete late. It has {{ $value }} blocks not read or relays queued; nothing is lost, the backlog is on disk at its sources.',
    action:
      'rxctl top shows whether the group is full (dashboard Overview, Fill by group): then offer less, rxctl load set, or make a testnet of more groups. If a source stands still, GroupStalled names it. One hot address cannot be split: spread its load.',
  },
  {
    alert: 'ReorgDeep',
    severity: 'warning',
    symptoms: [{ value: 'rexnet:deep_reorganisations:increase5m', alarms: '> 0' }],
    for: '0s',
    summary: `Group {{ $labels.group }} of {{ $labels.testnet }} took back more than ${REORG_DEPTH_MAX_BLOCKS} blocks`,
    description:
      'What clients saw as completed may have been executed again in another order. Seen by node {{ $labels.node }}.',
    action:
      'Look for nodes or miners that were apart for a while (rxctl events, rxctl logs miner-0). If it repeats, raise spec.chain.confirmations on a new testnet or mine from one place.',
  },
  {
    alert: 'ParentLost',
    severity: 'critical',
    symptoms: [{ value: 'rexnet:parent_reachable', alarms: '== 0' }],
    for: '30s',
    summary: 'Miner {{ $labels.node }} of {{ $labels.testnet }} has no parent chain',
    description: 'No group gets a block from it. With no other miner all groups stand still until it is back.',
    action:
      'rxctl logs bitcoind and rxctl logs {{ $labels.node }}. If bitcoind ended, rxctl up starts it again and the chain goes on; if the disk is full, make room first.',
  },
];

/** The expression Prometheus evaluates. */
export function expressionOf({ symptoms }: AlertRule): string {
  return symptoms.map(({ value, alarms }) => `${value} ${alarms}`).join('\nor\n');
}
