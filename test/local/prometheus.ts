// A real Prometheus for tests: found or fetched as for `rxctl up --monitoring`, watching a testnet that runs. It asserts nothing.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addressOf } from '../../rxctl/src/local/children.ts';
import { REPOSITORY } from '../../rxctl/src/local/folders.ts';
import { MONITORING_PORTS, prometheusChild, writeMonitoring } from '../../rxctl/src/local/monitoring.ts';
import { planOfState } from '../../rxctl/src/local/plan-of-state.ts';
import { allocatePorts } from '../../rxctl/src/local/ports.ts';
import { locatePrometheus, prometheusFolder } from '../../rxctl/src/local/prometheus.ts';
import { readProgress, readState } from '../../rxctl/src/local/state.ts';
import { Supervisor } from '../../rxctl/src/local/supervisor.ts';
import type { Testnet } from './testnet.ts';
import { until } from './until.ts';

const START_MAX_MS = 30_000;
const SCRAPE_SECONDS = 1;

export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Prometheus and the promtool beside it, or the reason there is none as a skipped test gives it. */
export async function findPrometheus(): Promise<
  { readonly command: string; readonly promtool: string } | { readonly reason: string }
> {
  const located = await locatePrometheus({
    configured: process.env['REXNET_PROMETHEUS'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: prometheusFolder(join(REPOSITORY, '.rexnet')),
    log: () => undefined,
  });
  if (located.kind === 'absent') return { reason: `prometheus: ${located.reason}` };
  const promtool = join(dirname(located.command), 'promtool');
  if (!existsSync(promtool)) return { reason: `prometheus: there is no promtool beside ${located.command}` };
  return { command: located.command, promtool };
}

export class Prometheus {
  /** Where a load generator must serve its metrics to be seen. */
  readonly loadAddress: string;
  readonly #folder: string;
  readonly #supervisor: Supervisor;
  readonly #url: string;

  private constructor(folder: string, ports: Readonly<Record<string, number>>) {
    this.#folder = folder;
    this.#supervisor = new Supervisor({ run: join(folder, 'run'), logs: folder });
    this.#url = `http://${addressOf(ports, 'prometheus.http')}`;
    this.loadAddress = addressOf(ports, 'load.metrics');
  }

  /** Answers when this returns; the caller stops it, come what may. */
  static async start(command: string, testnet: Testnet): Promise<Prometheus> {
    const state = readState(testnet.folders);
    if (state === undefined) throw new Error('the network has never run');
    const folder = mkdtempSync(join(tmpdir(), 'rexnet-prometheus-'));
    const ports = { ...state.ports, ...(await allocatePorts(MONITORING_PORTS, {}, () => false)) };
    const watched = {
      plan: withLoad(planOfState(state, readProgress(testnet.folders))),
      folders: { ...testnet.folders, monitoring: folder },
      ports,
      scrapeSeconds: SCRAPE_SECONDS,
    };
    writeMonitoring(watched);
    const started = new Prometheus(folder, ports);
    try {
      await started.#supervisor.ensure(prometheusChild(command, watched));
      await until({
        what: 'Prometheus',
        withinMs: START_MAX_MS,
        look: () =>
          fetch(`${started.#url}/-/ready`).then(
            ({ ok }) => ok,
            () => false,
          ),
        holds: (isReady) => isReady,
      });
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#supervisor.stopAll();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Throws what Prometheus finds wrong with it. */
  async query(expr: string): Promise<readonly Sample[]> {
    const data = await this.#ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>('query', {
      query: expr,
    });
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** What Grafana's label_values(series, label) gives. */
  labelValues(series: string, label: string): Promise<readonly string[]> {
    return this.#ask(`label/${label}/values`, { 'match[]': series }, 'GET');
  }

  /** Rules that could not be evaluated, with what is wrong. */
  async brokenRules(): Promise<readonly string[]> {
    type Rule = { readonly name: string; readonly health: string; readonly lastError?: string };
    const { groups } = await this.#ask<{ groups: { rules: Rule[] }[] }>('rules', {}, 'GET');
    const rules = groups.flatMap((group) => group.rules);
    if (rules.length === 0) throw new Error('Prometheus has no rules');
    return rules
      .filter(({ health, lastError }) => health === 'err' || (lastError ?? '') !== '')
      .map(({ name, lastError }) => `${name}: ${lastError}`);
  }

  async #ask<T>(path: string, parameters: Readonly<Record<string, string>>, method = 'POST'): Promise<T> {
    const words = new URLSearchParams(parameters);
    const url = `${this.#url}/api/v1/${path}`;
    const answer = await (method === 'POST' ? fetch(url, { method, body: words }) : fetch(`${url}?${words}`));
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(error ?? status);
    return data;
  }
}

/** A test offers the load itself, so the file asks for none. */
function withLoad(plan: ReturnType<typeof planOfState>): ReturnType<typeof planOfState> {
  return plan.load === undefined ? { ...plan, load: { workload: 'Token', tps: 1, generators: 1 } } : plan;
}
