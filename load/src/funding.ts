// Before the load: what the workload's contract must give accounts that have too little, by calls of its owner, and one call of
// his to himself that shows what the workload's first invocation burns. Followed to the end; nothing is offered before.
import { transactionId } from '@rexnet/node/chain/transaction.ts';
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import type { LoadNetwork } from './network.ts';
import { keyAt, Tracker } from './tracker.ts';
import { type AddressCall, type Bound, callBody, type Grant } from './workload.ts';

export class FundingError extends Error {
  readonly code = 'FUNDING';
}

const RECEIVERS_MAX = 250;
const VALID_FOR_MS = 600_000;
const ATTEMPTS_MAX = 5;

export interface FundingParts {
  readonly network: Pick<LoadNetwork, 'submit' | 'account'>;
  readonly owner: Omit<LoadAccount, 'index'>;
  readonly contract: bigint;
  readonly bound: Pick<Bound, 'grant' | 'probe'>;
  /** Owners of other generators, and what each of them is to hand out. */
  readonly heirs?: { readonly addresses: readonly Uint8Array[]; readonly each: bigint };
  readonly networkId: Uint8Array;
  readonly gasPrice: bigint;
  /** What one block gives users. */
  readonly userGas: bigint;
  readonly clock: Pick<Clock, 'wallMs'>;
}

interface Step {
  readonly name: 'grant' | 'probe';
  readonly call: AddressCall;
}

/** Goes ahead in steps: the caller sends, feeds `tracker` with blocks, and waits until `isDone`. */
export class Funding {
  readonly tracker: Tracker<Step['name']>;
  readonly #parts: FundingParts;
  readonly #steps: readonly Step[];
  #failed = 0;
  #probeGas = 0;

  constructor(parts: FundingParts, poor: readonly Uint8Array[], confirmations: number) {
    this.#parts = parts;
    const { contract, bound, owner, heirs } = parts;
    const { grant, probe } = bound;
    const own = owner.address;
    this.#steps = [
      // Others wait for theirs.
      ...(grant === undefined || heirs === undefined
        ? []
        : grants({ ...grant, each: heirs.each }, heirs.addresses, parts)),
      ...(grant === undefined ? [] : grants(grant, poor, parts)),
      ...(probe === undefined
        ? []
        : [
            {
              name: 'probe',
              call: { contract, op: probe.op, args: probe.args(own), gasLimit: probe.gasLimit },
            } as const,
          ]),
    ];
    this.tracker = new Tracker(confirmations, (tree) => {
      if (tree.failed) this.#failed++;
      if (tree.subject === 'probe') this.#probeGas = tree.rootGas;
    });
  }

  get isDone(): boolean {
    return this.tracker.pending === 0;
  }

  /** What the probe's first invocation burnt; 0 without one. Throws when a transaction failed. */
  result(): number {
    if (this.#failed > 0) throw new FundingError(`${this.#failed} of ${this.#steps.length} transactions failed`);
    return this.#probeGas;
  }

  async send(nowMs: number): Promise<void> {
    const { network, owner, clock } = this.#parts;
    let left = this.#steps;
    for (let attempt = 1; left.length > 0; attempt++) {
      const { nextNonce } = await network.account(owner.group, owner.address);
      const validUntilMs = clock.wallMs() + VALID_FOR_MS;
      const signed = left.map(({ name, call }, i) => {
        const body = callBody(this.#parts, { index: 0, ...owner }, { nonce: nextNonce + i, validUntilMs }, call);
        const bytes = owner.signer.signTransaction(body);
        this.tracker.submitted(keyAt(transactionId(bytes), 0), nowMs, name);
        return bytes;
      });
      const refused = await network.submit(owner.group, signed);
      for (const { index } of refused)
        this.tracker.refused(keyAt(transactionId(signed[index] ?? new Uint8Array(0)), 0));
      const [first] = refused;
      if (first === undefined) return;
      if (attempt === ATTEMPTS_MAX) throw new FundingError(`${owner.name} cannot send: ${first.code}`);
      const again = new Set(refused.map(({ index }) => index));
      left = left.filter((_, index) => again.has(index));
    }
  }
}

/** As many receivers a call as a block has room for. */
function grants(grant: Grant, poor: readonly Uint8Array[], { contract, userGas }: FundingParts): Step[] {
  const { op, each, gasBase, gasEach } = grant;
  const room = Number((userGas - gasBase) / gasEach);
  const size = Math.max(1, Math.min(RECEIVERS_MAX, room));
  return Array.from({ length: Math.ceil(poor.length / size) }, (_, i) => {
    const to = poor.slice(i * size, (i + 1) * size);
    const gasLimit = gasBase + gasEach * BigInt(to.length);
    return { name: 'grant', call: { contract, op, args: grant.args(to, each), gasLimit } };
  });
}
