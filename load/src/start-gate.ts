// Several generators that begin together: who is ready pays one msat to an account that is nobody's, and begins when that account
// has been paid by all. The chain is the only thing they share. It waits; it offers nothing.
import { RELAY_GAS, TRANSACTION_GAS } from '@rexnet/node/chain/gas.ts';
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { TRANSACTION_KIND } from '@rexnet/node/chain/transaction.ts';
import { equalBytes, viewOf } from '@rexnet/node/core/bytes.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import type { LoadAccount } from './accounts.ts';
import type { Clock } from './chains.ts';
import type { LoadNetwork } from './network.ts';
import { bodyOf } from './workload.ts';

export interface GateFacts {
  readonly network: Pick<LoadNetwork, 'account' | 'submit'>;
  readonly genesis: GenesisNetwork;
  readonly clock: Clock;
  readonly note: (line: string) => void;
  /** Who says that this generator is ready. */
  readonly owner: Omit<LoadAccount, 'index'>;
  readonly gate: Pick<LoadAccount, 'group' | 'address'>;
  readonly generators: number;
}

export class StartGateError extends Error {
  readonly code = 'NOT_TOGETHER';
}

const WAIT_MAX_MS = 120_000;
const POLL_MS = 200;
/** All of them ask one node. */
const POLL_MS_PER_GENERATOR = 4;
const VALID_FOR_MS = 600_000;
const PAID = 1n;
const PAYMENT_GAS: bigint = TRANSACTION_GAS + RELAY_GAS;

export async function passStartGate(facts: GateFacts): Promise<void> {
  const { network, genesis, clock, note, gate, generators } = facts;
  const before = genesis.genesis.accounts.find(({ address }) => equalBytes(address, gate.address))?.amount ?? 0n;
  const pollMs = Math.max(POLL_MS, generators * POLL_MS_PER_GENERATOR);
  const deadlineMs = clock.nowMs() + WAIT_MAX_MS;
  let isAnnounced = false;
  for (let round = 0; ; round++) {
    if (!isAnnounced) isAnnounced = await announce(facts);
    const { balance } = await network.account(gate.group, gate.address);
    const ready = (balance - before) / PAID;
    if (ready >= BigInt(generators)) return;
    if (clock.nowMs() > deadlineMs) throw new StartGateError(`${ready} of ${generators} generators are ready`);
    if (round === 0) note(`waiting for ${generators} generators to be ready`);
    await clock.sleep(pollMs);
  }
}

/** A pool that is full is asked again. */
async function announce({ network, genesis, clock, owner, gate }: GateFacts): Promise<boolean> {
  const { nextNonce } = await network.account(owner.group, owner.address);
  const args = new Uint8Array(8);
  viewOf(args).setBigUint64(0, PAID, true);
  const body = bodyOf(genesis.networkId, {
    kind: TRANSACTION_KIND.transfer,
    sender: owner.signer.publicKey,
    nonce: BigInt(nextNonce),
    validUntilMs: clock.wallMs() + VALID_FOR_MS,
    gasLimit: PAYMENT_GAS,
    gasPrice: genesis.genesis.gasPriceFloor,
    contract: 0n,
    op: 0,
    target: { scope: SCOPE.account, key: gate.address },
    args,
  });
  const refused = await network.submit(owner.group, [owner.signer.signTransaction(body)]);
  return refused.length === 0;
}
