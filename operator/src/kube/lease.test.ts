// Who leads, and for how long, on virtual clocks against a Lease in memory; once also over real HTTP.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { KubeError } from './errors.ts';
import { Election, type ElectionOptions, LEASES, type Lease, type Outcome } from './lease.ts';
import { RestClient } from './rest.ts';
import { type VirtualClock, virtualClock } from './testing/clocks.ts';
import { FakeApi } from './testing/fake-api.ts';
import { until } from './testing/things.ts';

class LeaseInMemory {
  lease: Lease | undefined;
  version = 0;
  /** Thrown by the next requests, one each; undefined lets a request through. */
  troubles: (KubeError | undefined)[] = [];

  readonly rest = {
    get: async () => this.#said(this.lease),
    create: async (_: unknown, lease: Lease) => {
      this.#said(undefined);
      if (this.lease !== undefined) return { kind: 'exists' as const };
      return { kind: 'created' as const, object: this.store(lease) };
    },
    replace: async (_: unknown, lease: Lease) => {
      this.#said(undefined);
      if (lease.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
        throw new KubeError('CONFLICT', 'the object has been modified');
      }
      return this.store(lease);
    },
  } as unknown as ElectionOptions['rest'];

  get holder(): string | undefined {
    return this.lease?.spec?.holderIdentity;
  }

  store(lease: Lease): Lease {
    this.version += 1;
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(this.version) } };
    return this.lease;
  }

  #said<T>(value: T): T {
    const trouble = this.troubles.shift();
    if (trouble !== undefined) throw trouble;
    return value;
  }
}

const down = (retryAfterMs?: number) =>
  new KubeError('SERVER', 'etcd is gone', retryAfterMs === undefined ? {} : { retryAfterMs });

class Candidate {
  outcome: Outcome | undefined;
  working = false;
  readonly stop = new AbortController();
  readonly election: Election;
  readonly #clock: Clock;
  readonly #windDownMs: number;

  constructor(server: LeaseInMemory, clock: Clock, identity: string, windDownMs = 0) {
    this.#clock = clock;
    this.#windDownMs = windDownMs;
    this.election = new Election({
      rest: server.rest,
      namespace: 'rexnet',
      name: 'operator',
      identity,
      fieldManager: 'rexnet-operator/lease',
      clock,
      random: () => 0,
    });
    void this.election
      .run(this.stop.signal, (signal) => this.#work(signal))
      .then((outcome) => {
        this.outcome = outcome;
      });
  }

  async #work(signal: AbortSignal): Promise<void> {
    this.working = true;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (this.#windDownMs > 0) await new Promise<void>((resolve) => this.#clock.after(this.#windDownMs, resolve));
    this.working = false;
  }
}

async function oneLeader(): Promise<{ server: LeaseInMemory; clock: VirtualClock; a: Candidate }> {
  const server = new LeaseInMemory();
  const clock = virtualClock();
  const a = new Candidate(server, clock, 'a');
  await clock.advance(0);
  expect(a.working).toBe(true);
  return { server, clock, a };
}

test('the first one leads at once and writes times with six decimals', async () => {
  const { server } = await oneLeader();
  expect(server.lease?.spec).toEqual({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-02T03:04:05.678000Z',
    renewTime: '2026-01-02T03:04:05.678000Z',
    leaseTransitions: 0,
  });
});

test('it renews every two seconds and the second waits', async () => {
  const { server, clock, a } = await oneLeader();
  const b = new Candidate(server, clock, 'b');
  await clock.advance(60_000);
  expect([a.working, b.working, server.version]).toEqual([true, false, 31]);
  expect(server.lease?.spec).toMatchObject({ acquireTime: '2026-01-02T03:04:05.678000Z', leaseTransitions: 0 });
  b.stop.abort();
  await clock.advance(0);
  expect(b.outcome).toBe('ended');
});

test('one that was stopped for longer than the lease lasts is not sure, before any timer of its fires', async () => {
  const clock = virtualClock();
  let stoppedMs = 0;
  const own: Clock = { ...clock, now: () => clock.now() + stoppedMs };
  const a = new Candidate(new LeaseInMemory(), own, 'a');
  expect(a.election.isSure).toBe(false);
  await clock.advance(0);
  expect([a.working, a.election.isSure]).toEqual([true, true]);
  stoppedMs = 15_000;
  expect([a.working, a.election.isSure]).toEqual([true, false]);
});

test('a lease is taken 15 s after its holder was last seen, whatever its times say', async () => {
  const server = new LeaseInMemory();
  const clock = virtualClock();
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z' };
  server.store({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'operator' }, spec });
  const b = new Candidate(server, clock, 'b');
  await clock.advance(14_999);
  expect(b.working).toBe(false);
  await clock.advance(2_000);
  expect([b.working, server.lease?.spec?.leaseTransitions]).toEqual([true, 1]);
});

test('a lease that is given back is taken within the next try', async () => {
  const { server, clock, a } = await oneLeader();
  const b = new Candidate(server, clock, 'b');
  await clock.advance(5_000);
  a.stop.abort();
  await clock.advance(0);
  expect([a.outcome, server.lease?.spec?.leaseDurationSeconds, server.holder]).toEqual(['released', 1, '']);
  await clock.advance(2_000);
  expect([a.working, b.working, server.holder]).toEqual([false, true, 'b']);
});

test('it goes on renewing while the work winds down', async () => {
  const server = new LeaseInMemory();
  const clock = virtualClock();
  const a = new Candidate(server, clock, 'a', 20_000);
  const b = new Candidate(server, clock, 'b');
  await clock.advance(1_000);
  a.stop.abort();
  await clock.advance(19_999);
  expect([a.working, b.working, server.holder]).toEqual([true, false, 'a']);
  await clock.advance(2_001);
  expect([a.outcome, b.working]).toEqual(['released', true]);
});

test('not renewed within ten seconds it is lost, before anybody else may take it', async () => {
  const { server, clock, a } = await oneLeader();
  server.troubles = Array.from({ length: 100 }, () => down());
  await clock.advance(9_999);
  expect([a.working, a.outcome]).toEqual([true, undefined]);
  await clock.advance(1_000);
  expect([a.working, a.outcome]).toEqual([false, 'lost']);
});

test('troubles shorter than that are survived', async () => {
  const { server, clock, a } = await oneLeader();
  server.troubles = [down(), down(), down(5_000)];
  await clock.advance(120_000);
  expect([a.working, a.outcome]).toEqual([true, undefined]);
});

test('taken by somebody else it is lost', async () => {
  const { server, clock, a } = await oneLeader();
  const lease = server.lease;
  if (lease !== undefined) server.store({ ...lease, spec: { ...lease.spec, holderIdentity: 'thief' } });
  await clock.advance(2_000);
  expect([a.working, a.outcome, server.holder]).toEqual([false, 'lost', 'thief']);
});

test('a conflict with an earlier request of its own loses nothing', async () => {
  const { server, clock, a } = await oneLeader();
  server.troubles = [undefined, new KubeError('CONFLICT', 'the object has been modified')];
  await clock.advance(30_000);
  expect([a.working, a.outcome]).toEqual([true, undefined]);
});

test('work that throws gives the lease back and is heard of', async () => {
  const server = new LeaseInMemory();
  const options = { namespace: 'rexnet', name: 'operator', identity: 'a', fieldManager: 'x', random: () => 0 };
  const election = new Election({ ...options, rest: server.rest, clock: virtualClock() });
  const run = election.run(new AbortController().signal, () => Promise.reject(new Error('broken')));
  await expect(run).rejects.toThrow('broken');
  expect(server.holder).toBe('');
});

test('no two lead at once, whatever fails', async () => {
  const faults = fc.array(fc.option(fc.constantFrom(down(), down(3_000)), { nil: undefined }), { maxLength: 60 });
  const stops = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 0, max: 20_000 })), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(faults, stops, async (troubles, plan) => {
      const server = new LeaseInMemory();
      const clock = virtualClock();
      server.troubles = troubles;
      const all = ['a', 'b', 'c'].map((identity) => new Candidate(server, clock, identity));
      for (const [index, waitMs] of [...plan, [0, 40_000] as const]) {
        for (let ms = 0; ms < waitMs; ms += 500) {
          await clock.advance(500);
          expect(all.filter(({ working }) => working).length).toBeLessThanOrEqual(1);
        }
        all[index]?.stop.abort();
      }
      for (const { stop } of all) stop.abort();
      await clock.advance(10_000);
    }),
    { numRuns: 30 },
  );
});

test('over HTTP: created, renewed by version, given back', async () => {
  const api = await FakeApi.start();
  const clock = virtualClock();
  const rest = new RestClient({ access: api.access, clock, random: () => 0, userAgent: 'test' });
  const stop = new AbortController();
  const options = { namespace: 'rexnet', name: 'operator', identity: 'a', fieldManager: 'x', random: () => 0 };
  const election = new Election({ ...options, rest, clock });
  const run = election.run(
    stop.signal,
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  );
  const lease = () => api.object(LEASES, 'operator', 'rexnet') as Lease | undefined;
  await until('it leads', () => election.leading);
  expect(lease()?.spec?.holderIdentity).toBe('a');
  stop.abort();
  expect(await run).toBe('released');
  expect(lease()?.spec?.holderIdentity).toBe('');
  expect(api.asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'PUT']);
  rest.close();
  await api.stop();
});
