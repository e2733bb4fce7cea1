// Groups without nodes: each keeps a chain of bare headers, judges proofs as a node would, and can be made to hang.
import { setTimeout as pause } from 'node:timers/promises';
import { verifyWitness } from '@rexnet/node/consensus/auxpow.ts';
import { meetsTarget } from '@rexnet/node/consensus/target.ts';
import { testHeader } from '@rexnet/node/consensus/testing/header-world.ts';
import { toHex, ZERO_HASH } from '@rexnet/node/core/bytes.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';
import { HEADER } from '@rexnet/node/core/layouts.ts';
import type { Template, TemplateSource } from '@rexnet/node/miner/ports.ts';

export interface FakeGroupsOptions {
  readonly chainIdBase: number;
  readonly targetBits: number;
  readonly blockIntervalMs: number;
  /** Groups whose submits never answer. */
  readonly stuck?: ReadonlySet<number>;
  readonly parentTarget: bigint;
  /** 4 bytes; zeros when absent. */
  readonly networkId?: Uint8Array;
}

interface Chain {
  readonly blocks: Template[];
  template: Template;
}

export class FakeGroups implements TemplateSource {
  readonly refusals: string[] = [];
  readonly parentHeaders: Uint8Array[] = [];
  readonly parents = { premature: new Set<string>(), bitcoinGrade: new Set<string>() };
  readonly #options: FakeGroupsOptions;
  readonly #chains = new Map<number, Chain>();
  readonly #wakers = new Set<() => void>();

  constructor(options: FakeGroupsOptions) {
    this.#options = options;
  }

  height(group: number): number {
    return this.#chain(group).blocks.length;
  }

  /** Waits until a condition over the groups holds; says what was last seen when it does not in time. */
  async until(isReached: () => boolean, deadlineMs: number, describe: () => string): Promise<void> {
    const until = performance.now() + deadlineMs;
    while (!isReached()) {
      if (performance.now() > until) throw new Error(`not reached in ${deadlineMs} ms: ${describe()}`);
      await Promise.race([this.#change(), pause(50)]);
    }
  }

  async *watch(group: number, signal: AbortSignal): AsyncGenerator<Template> {
    let last: Template | undefined;
    const aborted = new Promise<void>((settle) => signal.addEventListener('abort', () => settle(), { once: true }));
    while (!signal.aborted) {
      const { template } = this.#chain(group);
      if (template !== last) yield template;
      last = template;
      if (this.#chain(group).template === last) await Promise.race([this.#change(), aborted]);
    }
  }

  async submit(
    group: number,
    blockId: Uint8Array,
    witness: Uint8Array,
  ): Promise<{ accepted: boolean; reason?: string }> {
    if (this.#options.stuck?.has(group) === true) return new Promise(() => undefined);
    const chain = this.#chain(group);
    const { template } = chain;
    const reason = this.#judge(template, blockId, witness);
    if (reason !== undefined) {
      this.refusals.push(`${group}: ${reason}`);
      return { accepted: false, reason };
    }
    chain.blocks.push(template);
    chain.template = this.#next(group, template);
    for (const wake of this.#wakers) wake();
    return { accepted: true };
  }

  async submitParentHeaders(headers: Uint8Array[]): Promise<void> {
    this.parentHeaders.push(...headers);
  }

  #judge(template: Template, blockId: Uint8Array, witness: Uint8Array): string | undefined {
    if (toHex(template.blockId) !== toHex(blockId)) return 'stale';
    if (Date.now() < template.notBeforeMs) return 'early';
    const { chainIdBase, parentTarget } = this.#options;
    const { group, targetBits, timestampMs } = template;
    const proven = verifyWitness({ witness, blockId, group, chainIdBase, targetBits, blockTimestampMs: timestampMs });
    if (!proven.ok) return proven.code;
    const kind = meetsTarget(proven.parentHash, parentTarget) ? 'bitcoinGrade' : 'premature';
    this.parents[kind].add(toHex(proven.parentHash));
    return undefined;
  }

  #chain(group: number): Chain {
    let chain = this.#chains.get(group);
    if (chain === undefined) {
      chain = { blocks: [], template: this.#next(group, undefined) };
      this.#chains.set(group, chain);
    }
    return chain;
  }

  #next(group: number, parent: Template | undefined): Template {
    const { targetBits, blockIntervalMs } = this.#options;
    const timestampMs = parent === undefined ? Date.now() : Math.max(Date.now(), parent.timestampMs + blockIntervalMs);
    const header = HEADER.encode(
      testHeader(group, {
        networkId: this.#options.networkId ?? new Uint8Array(4),
        height: 1,
        parent: parent?.blockId ?? ZERO_HASH,
        timestampMs,
        target: targetBits,
      }),
    );
    return { group, header, blockId: sha256d(header), targetBits, timestampMs, notBeforeMs: timestampMs };
  }

  #change(): Promise<void> {
    return new Promise((settle) => {
      const wake = () => {
        this.#wakers.delete(wake);
        settle();
      };
      this.#wakers.add(wake);
    });
  }
}
