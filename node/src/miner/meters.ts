// What a miner tells people: its metrics, and log lines that do not repeat themselves. It changes nothing about mining.
import { toDisplayHash } from '../consensus/bitcoin-header.ts';
import { toHex } from '../core/bytes.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/telemetry.ts';
import type { GroupStanding } from './grpc-templates.ts';
import type { MinerEvents, ParentKind, ParentSource } from './ports.ts';

const PARENT_KINDS: readonly ParentKind[] = ['on-chain', 'orphan', 'premature'];
/** The same trouble at the same place is told again after this. */
const REPEAT_MS = 60_000;
/** Groups come and go together, and nodes take a moment to start: one line tells of all. */
const GATHER_MS = 3_000;
const GROUPS_NAMED_MAX = 16;
/** Two miners get it all the time: the other one was faster. */
const LATE = 'STALE_TEMPLATE';
/** Where trouble is when templates of the parent cannot be had. */
export const PARENT = 'parent';

export class MinerMeters implements MinerEvents {
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #troubles = new Map<string, { readonly words: string; readonly toldMs: number; repeated: number }>();
  readonly #away = new Set<number>();
  readonly #followed = new Set<number>();
  #toldAway = '';
  #gathering: NodeJS.Timeout | undefined;
  #parentHeight: number | undefined;

  constructor(metrics: Metrics, log: Log, nowMs: () => number) {
    this.#metrics = metrics;
    this.#log = log;
    this.#nowMs = nowMs;
    for (const parent of PARENT_KINDS) metrics.mining.parents.set({ parent }, 0);
  }

  /** True, or a sentence that says what is missing. */
  ready(): true | string {
    if (this.#parentHeight === undefined) return 'waiting for the parent chain';
    return this.#followed.size > 0 ? true : 'waiting for a node of any group';
  }

  standing(standing: GroupStanding): void {
    const { group } = standing;
    if (standing.kind === 'follows') {
      this.#away.delete(group);
      this.#followed.add(group);
      this.#log.debug({ group, address: standing.address }, 'follows a node');
    } else {
      this.#away.add(group);
      this.#followed.delete(group);
      this.#log.debug({ group, reason: standing.reason }, 'no node answers');
    }
    this.#gathering ??= setTimeout(() => this.#tellAway(), GATHER_MS).unref();
  }

  /** Groups that are no longer listed. */
  forget(isListed: (group: number) => boolean): void {
    for (const set of [this.#away, this.#followed]) for (const group of set) if (!isListed(group)) set.delete(group);
  }

  hashes(count: number): void {
    this.#metrics.mining.hashes.inc(count);
  }

  work(): void {
    this.#metrics.mining.work.inc();
  }

  parent({ hash, kind, was }: Parameters<MinerEvents['parent']>[0]): void {
    const { parents } = this.#metrics.mining;
    parents.inc({ parent: kind });
    if (was !== undefined) parents.dec({ parent: was });
    const facts = { hash: toDisplayHash(hash), parent: kind, ...(was === undefined ? {} : { was }) };
    if (was !== undefined) this.#log.info(facts, 'a parent changed its standing');
    else this.#log.debug(facts, 'solved a parent');
  }

  proof({ group, blockId, accepted, reason, lateMs }: Parameters<MinerEvents['proof']>[0]): void {
    this.#metrics.mining.proofs.inc({ group, result: accepted ? 'accepted' : 'refused' });
    if (!accepted && reason?.startsWith(LATE) !== true)
      this.#trouble(`proof for group ${group}`, reason ?? 'refused without a reason');
    this.#log.debug({ group, id: toHex(blockId), accepted, reason, lateMs }, 'handed in a proof');
  }

  parentHeight(height: number): void {
    if (this.#parentHeight === undefined) this.#log.info({ height }, 'the parent chain answers');
    this.#parentHeight = height;
    this.#metrics.bitcoin.height.set(height);
    this.#metrics.mining.parentReachable.set(1);
    // The parent is well: what was wrong with it before may be told again.
    for (const where of this.#troubles.keys()) if (where.startsWith('parent')) this.#troubles.delete(where);
  }

  trouble({ where, error }: Parameters<MinerEvents['trouble']>[0]): void {
    if (where === PARENT) this.#metrics.mining.parentReachable.set(0);
    this.#trouble(where, error instanceof Error ? error.message : String(error));
  }

  /** The same parent, counted. */
  metered(parent: ParentSource): ParentSource {
    return {
      watch: (signal) => parent.watch(signal),
      headersUpTo: (hash, isKnown, countMax) => parent.headersUpTo(hash, isKnown, countMax),
      isOnBestChain: (hash) => parent.isOnBestChain(hash),
      submit: async (header, block) => {
        const submission = await parent.submit(header, block);
        this.#metrics.mining.submits.inc({ result: submission.kind === 'refused' ? 'refused' : 'accepted' });
        return submission;
      },
    };
  }

  #trouble(where: string, words: string): void {
    const nowMs = this.#nowMs();
    const told = this.#troubles.get(where);
    if (told?.words === words && nowMs < told.toldMs + REPEAT_MS) {
      told.repeated++;
      return;
    }
    const repeated = told?.words === words ? told.repeated : 0;
    this.#troubles.set(where, { words, toldMs: nowMs, repeated: 0 });
    this.#log.warn({ where, error: words, ...(repeated === 0 ? {} : { repeated }) }, 'trouble that may mend itself');
  }

  #tellAway(): void {
    this.#gathering = undefined;
    const away = [...this.#away].sort((a, b) => a - b);
    const now = away.join();
    if (now === this.#toldAway) return;
    this.#toldAway = now;
    if (away.length === 0) {
      this.#log.info('a node of every group answers');
      return;
    }
    const facts = { groups: away.slice(0, GROUPS_NAMED_MAX), away: away.length, following: this.#followed.size };
    this.#log.warn(facts, this.#followed.size === 0 ? 'no node answers, waiting' : 'groups without a node, waiting');
  }
}
