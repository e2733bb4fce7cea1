// Two replicas of the operator and one Lease: whoever leads is killed in the middle of its writes, and the other one goes on where it stopped.
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { expect, test } from 'vitest';
import { STATEFUL_SETS, TESTNETS } from './controllers/collections.ts';
import { IMAGES, NAMESPACE } from './controllers/testing/small-cluster.ts';
import type { KubeObject } from './kube/resources.ts';
import { type Asked, FakeApi } from './kube/testing/fake-api.ts';
import { type SteppedProcess, SteppedTime } from './kube/testing/stepped-time.ts';
import { runOperator } from './operator.ts';

const LEASE = { namespace: 'rexnet-system', name: 'rexnet-operator' };
const NAMES = ['first', 'second'] as const;
/** As long as a Lease lasts, and the longest way to the next look at it. */
const TAKEN_WITHIN_MS = 15_000 + 2_400;
const MADE_WITHIN_MS = 5_000;
const LEADS_WITHIN_MS = 3_000;
/** Of some forty: in the Secrets, among what groups stand on, among statuses. */
const MOMENTS = [1, 7, 25];

class Replicas {
  readonly api: FakeApi;
  readonly time: SteppedTime;
  readonly leaders: string[] = [];
  readonly #processes: readonly SteppedProcess[];
  readonly #stops = NAMES.map(() => new AbortController());
  #running: readonly Promise<unknown>[] = [];

  constructor(api: FakeApi) {
    this.api = api;
    this.time = new SteppedTime(api);
    this.#processes = NAMES.map((name) => this.time.process(name));
  }

  /** The first of them leads. */
  async start(): Promise<void> {
    for (const [index, name] of NAMES.entries()) {
      this.#running = [...this.#running, this.#run(name, index)];
      if (index === 0) await this.time.until('the first to lead', () => this.leaders.length === 1, LEADS_WITHIN_MS);
    }
    await this.time.advance(LEADS_WITHIN_MS);
    expect(this.leaders).toEqual(['first']);
  }

  killFirst(): void {
    this.#processes[0]?.kill();
  }

  /** By SIGTERM. */
  async endFirst(): Promise<void> {
    this.#stops[0]?.abort();
    await this.time.advance(0);
    expect(await this.#running[0]).toBe('released');
  }

  writesOf(name: string): readonly Asked[] {
    return this.api.asked.filter(
      ({ method, path, headers }) =>
        headers.authorization === `Bearer ${name}` && method !== 'GET' && !/\/(events|leases)/.test(path),
    );
  }

  /** Of one that was killed nobody will ever hear. */
  async end(): Promise<void> {
    for (const stop of this.#stops) stop.abort();
    await this.time.advance(LEADS_WITHIN_MS);
    await this.#running[1];
    await this.api.stop();
  }

  #run(name: string, index: number): Promise<unknown> {
    const { access } = this.#processes[index] ?? this.time.process(name);
    const options = {
      access,
      namespaces: [],
      images: IMAGES,
      instance: name,
      lease: LEASE,
      source: { ask: async () => undefined, close: () => {} },
      clock: this.time.clock,
      random: () => 1,
      log: createLog({
        level: 'info',
        base: {},
        write: (line) => {
          if (line.includes('"leading"')) this.leaders.push(name);
        },
      }),
    };
    return runOperator(options, this.#stops[index]?.signal ?? AbortSignal.abort());
  }
}

function testnet(wallMs: number): KubeObject {
  const metadata = { name: 'demo', namespace: NAMESPACE, creationTimestamp: new Date(wallMs).toISOString() };
  const spec = { groups: 2, nodesPerGroup: 2, chain: { partitions: 16 } };
  return { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata, spec } as KubeObject;
}

test.each(MOMENTS)('killed at its write number %i, the leader is followed by the other one', async (moment) => {
  const replicas = new Replicas(await FakeApi.start());
  const { api, time } = replicas;
  await replicas.start();
  let killedAt = Number.NaN;
  api.fault = () => {
    if (Number.isNaN(killedAt) && replicas.writesOf('first').length >= moment) {
      killedAt = time.clock.now();
      replicas.killFirst();
    }
    return false;
  };
  api.put(TESTNETS.resource, testnet(time.clock.wallMs()));
  await time.until('the moment to come', () => !Number.isNaN(killedAt), MADE_WITHIN_MS);
  await time.advance(TAKEN_WITHIN_MS - (time.clock.now() - killedAt));
  expect(replicas.leaders).toEqual([...NAMES]);
  const writesOfFirst = replicas.writesOf('first').length;
  const isMade = () => [0, 1].every((group) => api.object(STATEFUL_SETS.resource, `demo-g${group}`, NAMESPACE));
  await time.until('all to be made', isMade, MADE_WITHIN_MS);
  await time.advance(MADE_WITHIN_MS);

  expect(replicas.leaders).toEqual([...NAMES]);
  expect(replicas.writesOf('first').length, 'nothing comes from the dead').toBe(writesOfFirst);
  const second = replicas.writesOf('second').map(({ method, path }) => `${method} ${path}`);
  const objects = second.filter((line) => !line.endsWith('/status'));
  expect(objects.filter((line, at) => objects.indexOf(line) !== at && line.startsWith('PATCH'))).toEqual([]);
  expect(objects.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  await replicas.end();
});

test('a leader that ends gives the Lease back, and the other one leads at its next look', async () => {
  const replicas = new Replicas(await FakeApi.start());
  const { time } = replicas;
  await replicas.start();
  expect(replicas.writesOf('second')).toEqual([]);
  await replicas.endFirst();
  await time.until('the second to lead', () => replicas.leaders.length === 2, LEADS_WITHIN_MS);
  await replicas.end();
});
