// The one place where the operator is put together: access, requests, controllers, what nodes are asked, metrics, health,
// the Lease. Everything it begins ends with the signal. It reads no flags and no environment.
import { serveTelemetry, type TelemetryServer } from '@rexnet/node/telemetry/http.ts';
import type { Log } from '@rexnet/node/telemetry/log.ts';
import type { Condition } from './api/conditions.ts';
import type { NodeSource } from './ask/answer.ts';
import { Asker } from './ask/asker.ts';
import { GrpcProposals } from './ask/grpc-proposals.ts';
import type { Proposals } from './ask/proposals.ts';
import { GROUPS, TESTNETS, testnetOf } from './controllers/collections.ts';
import { groupController } from './controllers/consensus-group.ts';
import type { Controller } from './controllers/controller.ts';
import { loadTestController } from './controllers/load-test.ts';
import { OPERATOR, type Pass, Runtime } from './controllers/runtime.ts';
import { shardMapController } from './controllers/shard-map.ts';
import { testnetController } from './controllers/testnet.ts';
import { type ExternalMetricsOptions, serveExternalMetrics } from './external/server.ts';
import type { Access } from './kube/access.ts';
import type { Clock, Random } from './kube/clock.ts';
import { KubeError } from './kube/errors.ts';
import { Election, type Outcome } from './kube/lease.ts';
import { RestClient } from './kube/rest.ts';
import { createMetrics, type OperatorMetrics, PHASES, type Phase } from './metrics/metrics.ts';
import { phaseOf } from './metrics/phase.ts';
import type { Images } from './plan/kube/images.ts';
import type { Scraping } from './plan/kube/pod-monitor.ts';

export interface OperatorOptions {
  readonly access: Access;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly images: Images;
  /** How PodMonitors of Testnets scrape; without it none are made. */
  readonly scraping?: Scraping;
  /** Of new Testnets without spec.ttl. */
  readonly defaultTtl?: string;
  /** The pod, or what stands for it. */
  readonly instance: string;
  /** Where its Lease lies; without one it leads at once, and must be alone. */
  readonly lease?: { readonly namespace: string; readonly name: string };
  readonly metrics?: { readonly host: string; readonly port: number };
  /** Where autoscalers are answered; nowhere without it. */
  readonly externalMetrics?: Pick<ExternalMetricsOptions, 'address' | 'certificateFolder'> | undefined;
  readonly source: NodeSource;
  /** Where nothing else is given, by the nodes' own service. */
  readonly proposals?: Proposals;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Of every pass over a key, besides metrics. */
  readonly onPass?: (pass: Pass) => void;
}

const USER_AGENT = 'rexnet-operator';
/** News of nodes come in bursts; a Testnet is looked at after the first of them, later the more groups there are. */
const NEWS_MS = 300;
const NEWS_MS_PER_GROUP = 5;
/** Heights grow all the time, and are written as seldom. */
const FIGURES_MS = 5_000;
const FIGURES_MS_PER_GROUP = 500;

/** `lost`: the Lease went to another; the process must end. */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<Outcome> {
  const { access, clock, random, log, instance, lease } = options;
  const metrics = createMetrics();
  let election: Election | undefined;
  const rest = new RestClient({
    access,
    clock,
    random,
    userAgent: USER_AGENT,
    mayWrite: () => election === undefined || election.isSure,
    observe: ({ method, outcome }) => metrics.requests.inc({ method, outcome }),
  });
  const work = new Work(options, rest, metrics);
  const server = await serve(options, work, metrics);
  const external =
    options.externalMetrics === undefined
      ? undefined
      : await serveExternalMetrics({ ...options.externalMetrics, rest, clock, log }, signal);
  log.info({ server: access.server.href, namespaces: options.namespaces, metrics: server?.port }, 'started');
  try {
    if (lease === undefined) {
      await work.run(signal);
      return 'released';
    }
    election = new Election({
      rest,
      ...lease,
      identity: instance,
      fieldManager: OPERATOR,
      clock,
      random,
      onHolder: (holder) => log.info({ holder }, 'lease'),
      onTrouble: (error) => log.warn({ code: error.code, error: error.message }, 'lease'),
    });
    return await election.run(signal, (until) => work.run(until));
  } finally {
    await external?.stop();
    rest.close();
    await server?.stop();
  }
}

/** What the leader does. */
class Work {
  readonly #options: OperatorOptions;
  readonly #metrics: OperatorMetrics;
  readonly #asker: Asker;
  readonly #runtime: Runtime;
  #isLeading = false;

  constructor(options: OperatorOptions, rest: RestClient, metrics: OperatorMetrics) {
    const { clock, random, namespaces, instance, log, source } = options;
    this.#options = options;
    this.#metrics = metrics;
    this.#asker = new Asker({ source, clock, random, onHeard: (group, isNews) => this.#heard(group, isNews) });
    this.#runtime = new Runtime(this.#controllers(), {
      rest,
      clock,
      random,
      namespaces,
      instance,
      onPass: (pass) => this.#passed(pass),
      onTrouble: ({ kind }, error) => {
        metrics.watchErrors.inc({ kind });
        log.warn({ kind, code: error.code, error: error.message }, 'watch');
      },
      onDroppedEvent: ({ reason, regarding }, why) => {
        metrics.eventsDropped.inc();
        log.debug({ reason, object: regarding.metadata.name, why }, 'event dropped');
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#isLeading = true;
    this.#options.log.info('leading');
    await Promise.all([this.#runtime.run(signal), this.#asker.run(signal)]);
    this.#isLeading = false;
  }

  /** One that waits for the Lease is ready to take over. */
  ready(): true | string {
    if (!this.#isLeading || this.#runtime.caches.isSynced) return true;
    const [trouble] = this.#runtime.caches.troubles;
    return trouble === undefined ? 'the first lists are being read' : trouble.message;
  }

  collect(): void {
    const { queueDepth, testnets, leading } = this.#metrics;
    leading.set(this.#isLeading ? 1 : 0);
    for (const [controller, depth] of this.#runtime.depths()) queueDepth.set({ controller }, depth);
    const counts = new Map<Phase, number>(PHASES.map((phase) => [phase, 0]));
    for (const { status } of this.#runtime.caches.of(TESTNETS).values()) {
      const phase = phaseOf((status?.conditions ?? []) as readonly Condition[]);
      counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    for (const [phase, count] of counts) testnets.set({ phase }, count);
  }

  #controllers(): readonly Controller[] {
    const {
      images,
      namespaces,
      log,
      clock,
      scraping,
      defaultTtl,
      proposals = new GrpcProposals(clock),
    } = this.#options;
    const seeing = { knowledge: this.#asker, seesMachines: namespaces.length === 0, images };
    const onFirstBlock = (testnet: string, afterMs: number): void => {
      this.#metrics.firstBlockSeconds.observe(afterMs / 1000);
      log.info({ testnet, afterMs }, 'first block in all groups');
    };
    return [
      testnetController({ ...seeing, proposals, scraping, defaultTtl, onFirstBlock }),
      groupController(seeing),
      shardMapController(seeing),
      loadTestController(seeing),
    ];
  }

  #heard(group: string, isNews: boolean): void {
    const groups = this.#runtime.caches.of(GROUPS);
    const figuresMs = Math.max(FIGURES_MS, FIGURES_MS_PER_GROUP * groups.size);
    this.#runtime.enqueue('consensusgroup', group, isNews ? 0 : figuresMs);
    const found = groups.get(group);
    const testnet = found === undefined ? undefined : testnetOf(found);
    if (testnet === undefined) return;
    this.#runtime.enqueue('testnet', testnet, isNews ? NEWS_MS + NEWS_MS_PER_GROUP * groups.size : FIGURES_MS);
  }

  #passed(pass: Pass): void {
    const { controller, key, durationMs, error } = pass;
    this.#options.onPass?.(pass);
    const { reconciles, reconcileSeconds } = this.#metrics;
    reconciles.inc({ controller, result: error === undefined ? 'ok' : 'error' });
    reconcileSeconds.observe({ controller }, durationMs / 1000);
    if (error === undefined) return;
    const { log } = this.#options;
    if (error instanceof KubeError) log.warn({ controller, key, code: error.code, error: error.message }, 'reconcile');
    else log.error({ controller, key, err: error }, 'reconcile');
  }
}

async function serve(
  { metrics: address }: OperatorOptions,
  work: Work,
  { registry }: OperatorMetrics,
): Promise<TelemetryServer | undefined> {
  if (address === undefined) return undefined;
  const telemetry = {
    contentType: registry.contentType,
    scrape: async () => {
      work.collect();
      return registry.metrics();
    },
  };
  return serveTelemetry(telemetry, { live: () => true, ready: () => work.ready() }, address);
}
