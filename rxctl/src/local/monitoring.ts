// A Prometheus that watches one network of this machine: its configuration, its list of targets, its command line. The rules
// are those checked in under dashboards/rules; it starts nothing itself.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import { stringify } from 'yaml';
import type { ChildSpec } from './child.ts';
import { addressOf } from './children.ts';
import { writeAtomically } from './files.ts';
import { type Folders, REPOSITORY } from './folders.ts';

/** Ports a watched network needs beside its own. */
export const MONITORING_PORTS = ['prometheus.http', 'load.metrics'] as const;
/** What is to be watched, and how often it is asked. */
export type Watched = {
  readonly plan: Plan;
  readonly folders: Folders;
  readonly ports: Readonly<Record<string, number>>;
  readonly scrapeSeconds?: number;
};

const RULES = join(REPOSITORY, 'dashboards', 'rules');
/** Two looks a beat of the default network. */
const SCRAPE_SECONDS = 2;
const TARGETS_REFRESH = '5s';
/** 64 groups serve about 1,000 series a node (docs/metrics.md); more than this is a mistake. */
const SERIES_A_TARGET_MAX = 20_000;
const RETENTION = ['--storage.tsdb.retention.time=7d', '--storage.tsdb.retention.size=512MB'];

type Target = {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<'testnet' | 'component' | 'node', string>> & { readonly group?: string };
};

/** All programs of a plan that serve metrics, with the labels a scrape adds to their series. */
export function targetsOf({ plan, ports }: Pick<Watched, 'plan' | 'ports'>): readonly Target[] {
  const target = (node: string, component: string, group?: number): Target => ({
    targets: [addressOf(ports, `${node}.metrics`)],
    labels: { testnet: plan.name, component, node, ...(group === undefined ? {} : { group: String(group) }) },
  });
  return [
    ...plan.groups.flatMap(({ group, nodes }) => nodes.map(({ name }) => target(name, 'node', group))),
    ...plan.miners.map(({ name }) => target(name, 'miner')),
    ...(plan.load === undefined || ports['load.metrics'] === undefined ? [] : [target('load', 'load')]),
  ];
}

/** Writes what Prometheus reads at its start; the targets it reads again when they change. */
export function writeMonitoring({ plan, folders, ports, scrapeSeconds = SCRAPE_SECONDS }: Watched): void {
  mkdirSync(folders.monitoring, { recursive: true });
  const targets = join(folders.monitoring, 'targets.json');
  const every = `${scrapeSeconds}s`;
  const config = {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: ['recording.yaml', 'alerts.yaml'].map((name) => join(RULES, name)),
    scrape_configs: [
      {
        job_name: 'rexnet',
        // Where a program says its group itself, as a miner of each proof, its word counts.
        honor_labels: true,
        sample_limit: SERIES_A_TARGET_MAX,
        file_sd_configs: [{ files: [targets], refresh_interval: TARGETS_REFRESH }],
      },
    ],
  };
  writeAtomically(targets, `${JSON.stringify(targetsOf({ plan, ports }), undefined, 2)}\n`);
  writeAtomically(configOf(folders), stringify(config));
}

export function configOf({ monitoring }: Folders): string {
  return join(monitoring, 'prometheus.yml');
}

/** Listens on loopback; keeps its data in the network's folder and at most RETENTION of it. */
export function prometheusChild(command: string, { folders, ports }: Watched): ChildSpec {
  return {
    name: 'prometheus',
    command,
    args: [
      `--config.file=${configOf(folders)}`,
      `--storage.tsdb.path=${join(folders.monitoring, 'data')}`,
      ...RETENTION,
      `--web.listen-address=${addressOf(ports, 'prometheus.http')}`,
      '--log.level=warn',
    ],
    env: {},
    leftover: 'adopt',
    restart: 'always',
  };
}
