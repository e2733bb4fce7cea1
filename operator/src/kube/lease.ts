// Leader election over a coordination.k8s.io Lease: at most one leads as far as clocks allow. There is no fencing, so whoever leads must only
// make writes that are safe twice, none while it is not sure, and must end the process when told that the lease is lost. Trusts no clock
// but its own.
import { type Clock, type Random, sleep } from './clock.ts';
import { KubeError } from './errors.ts';
import { microTime } from './micro-time.ts';
import type { KubeObject, Resource } from './resources.ts';
import type { RestClient } from './rest.ts';

/** Of the Lease, where nothing else is said. */
export const LEASE_NAME = 'rexnet-operator';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface ElectionOptions {
  readonly rest: Pick<RestClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  readonly name: string;
  /** Differs between any two processes: the pod's name and something random. */
  readonly identity: string;
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Who holds it now, as far as is known; for logs. */
  readonly onHolder?: (identity: string) => void;
  readonly onTrouble?: (error: KubeError) => void;
}

/** `ended`: the signal fired before we led. `lost`: end the process. */
export type Outcome = 'ended' | 'released' | 'lost';

/** What one attempt came to; a trouble says how long the server wants to be left alone. */
type Attempt = 'held' | 'other' | KubeError;

const LEASE_S = 15;
const RENEW_WITHIN_MS = 10_000;
const RETRY_MS = 2_000;
const RETRY_JITTER = 0.2;
/** A released lease is anyone's; the API wants a duration above 0. */
const RELEASED_S = 1;
/** Releasing is a courtesy: shutdown does not wait longer for it. */
const RELEASE_WITHIN_MS = 3_000;

export class Election {
  readonly #options: ElectionOptions;
  /** The last Lease seen, and when *we* saw it change. */
  #seen: { readonly lease: Lease; readonly at: number } | undefined;
  #leading = false;
  /** When the request was made that the Lease was last ours by. */
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** Nobody else can lead yet. A process that was stopped for long goes on where it was, before any timer tells it that it has lost. */
  get isSure(): boolean {
    return this.#leading && this.#options.clock.now() < this.#heldAt + LEASE_S * 1000;
  }

  get leading(): boolean {
    return this.#leading;
  }

  /** Waits for the lease, leads until the work or the signal ends, then gives the lease back. The work ends when its signal fires. */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<Outcome> {
    if (!(await this.#acquire(signal))) return 'ended';
    const lost = new AbortController();
    const over = new AbortController();
    this.#leading = true;
    try {
      const work = lead(AbortSignal.any([signal, lost.signal])).finally(() => over.abort());
      const ended = work.then(
        () => 'over' as const,
        () => 'over' as const,
      );
      // Renewing goes on while the work winds down: nobody else may begin before it has ended.
      if ((await Promise.race([ended, this.#keep(over.signal)])) === 'lost') return 'lost';
      await this.#release();
      await work;
      return 'released';
    } finally {
      lost.abort();
      over.abort();
      this.#leading = false;
    }
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const startedAt = this.#options.clock.now();
      const held = await this.#try(signal);
      if (held === 'held') {
        this.#heldAt = startedAt;
        return true;
      }
      // Given up on the way: it may have got there.
      if (held instanceof KubeError && held.code === 'ABORTED') await this.#release();
      await this.#pause(held, Number.POSITIVE_INFINITY, signal);
    }
    return false;
  }

  /** Until the signal fires, or somebody else holds the lease, or it could not be renewed in time. */
  async #keep(signal: AbortSignal): Promise<'over' | 'lost'> {
    const { clock } = this.#options;
    let held: Attempt = 'held';
    while (!signal.aborted) {
      await this.#pause(held, this.#heldAt + RENEW_WITHIN_MS - RETRY_MS - clock.now(), signal);
      const startedAt = clock.now();
      const limit = new AbortController();
      const cancel = clock.after(this.#heldAt + RENEW_WITHIN_MS - startedAt, () => limit.abort());
      held = await this.#try(AbortSignal.any([signal, limit.signal]));
      cancel();
      if (signal.aborted) break;
      if (held === 'held') this.#heldAt = startedAt;
      else if (held === 'other' || clock.now() >= this.#heldAt + RENEW_WITHIN_MS) return 'lost';
    }
    return 'over';
  }

  async #try(signal: AbortSignal): Promise<Attempt> {
    try {
      return (await this.#takeOrRenew(signal)) ? 'held' : 'other';
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.code !== 'ABORTED') this.#options.onTrouble?.(error);
      return error;
    }
  }

  async #takeOrRenew(signal: AbortSignal): Promise<boolean> {
    const { rest, namespace, name, identity } = this.#options;
    const found = await rest.get<Lease>(LEASES, { namespace, name }, { signal, urgent: true });
    if (found === undefined) {
      const created = await rest.create<Lease>(LEASES, this.#mine(undefined), this.#writing(signal));
      if (created.kind === 'created') this.#see(created.object);
      return created.kind === 'created';
    }
    this.#see(found);
    if (found.spec?.holderIdentity !== identity && !this.#expired(found)) return false;
    try {
      this.#see(await rest.replace<Lease>(LEASES, this.#mine(found), this.#writing(signal)));
      return true;
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 'CONFLICT') throw error;
      // Somebody was faster, or it was an earlier request of ours that we had given up: the object says which.
      const now = await rest.get<Lease>(LEASES, { namespace, name }, { signal, urgent: true });
      if (now !== undefined) this.#see(now);
      return now?.spec?.holderIdentity === identity;
    }
  }

  async #release(): Promise<void> {
    const { rest, namespace, name, identity, clock, fieldManager } = this.#options;
    const limit = new AbortController();
    const cancel = clock.after(RELEASE_WITHIN_MS, () => limit.abort());
    const signal = limit.signal;
    try {
      const found = await rest.get<Lease>(LEASES, { namespace, name }, { signal, urgent: true });
      if (found?.spec?.holderIdentity !== identity) return;
      const spec = { ...found.spec, holderIdentity: '', leaseDurationSeconds: RELEASED_S, renewTime: this.#wall() };
      await rest.replace<Lease>(LEASES, { ...found, spec }, { fieldManager, signal, urgent: true });
    } catch (error) {
      // It expires by itself.
      if (!(error instanceof KubeError)) throw error;
    } finally {
      cancel();
    }
  }

  #mine(found: Lease | undefined): Lease {
    const { namespace, name, identity } = this.#options;
    const renewing = found?.spec?.holderIdentity === identity;
    const transitions = found === undefined ? 0 : (found.spec?.leaseTransitions ?? 0) + (renewing ? 0 : 1);
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: found?.metadata ?? { name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: LEASE_S,
        acquireTime: (renewing ? found.spec?.acquireTime : undefined) ?? this.#wall(),
        renewTime: this.#wall(),
        leaseTransitions: transitions,
      },
    };
  }

  #see(lease: Lease): void {
    const before = this.#seen?.lease;
    if (before !== undefined && before.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    this.#seen = { lease, at: this.#options.clock.now() };
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder !== (before?.spec?.holderIdentity ?? '')) this.#options.onHolder?.(holder);
  }

  /** By our own clock, since we last saw it change; what its holder wrote about time is not believed. */
  #expired({ spec }: Lease): boolean {
    if ((spec?.holderIdentity ?? '') === '') return true;
    const lastsMs = (spec?.leaseDurationSeconds ?? LEASE_S) * 1000;
    return this.#seen !== undefined && this.#options.clock.now() >= this.#seen.at + lastsMs;
  }

  /** As long as the server asked for, but not past the moment when a last attempt is due. */
  async #pause(after: Attempt, atMostMs: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const retryMs = RETRY_MS * (1 + RETRY_JITTER * random());
    const askedMs = after instanceof KubeError ? (after.retryAfterMs ?? 0) : 0;
    await sleep(clock, Math.max(retryMs, Math.min(askedMs, atMostMs)), signal);
  }

  #writing(signal: AbortSignal) {
    return { fieldManager: this.#options.fieldManager, signal, urgent: true };
  }

  #wall(): string {
    return microTime(this.#options.clock.wallMs());
  }
}
