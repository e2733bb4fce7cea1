// Everything between a running network and the first offered transaction: the contract known everywhere, accounts funded and
// at rest, the price of one transaction measured. Waits on the network; offers nothing.

import { RELAY_GAS, userGas } from '@rexnet/node/chain/gas.ts';
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { deriveKey } from '@rexnet/node/chain/keys.ts';
import { ownerOf } from '@rexnet/node/chain/shard-map.ts';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { Signer } from '@rexnet/node/signatures/signer.ts';
import { type LoadAccount, loadAccounts } from './accounts.ts';
import type { Chains, Clock } from './chains.ts';
import { Funding, FundingError, TOKENS_ENOUGH } from './funding.ts';
import { type Standing, standings, supplyOf } from './holdings.ts';
import type { LoadNetwork } from './network.ts';
import type { LoadSpec } from './spec.ts';
import type { Workload } from './workload.ts';
import { type Token, TokenWorkload, tokenFunctions } from './workload-token.ts';
import { TRANSFER_GAS, TransferWorkload } from './workload-transfer.ts';

export interface Ready {
  readonly accounts: readonly LoadAccount[];
  readonly workload: Workload;
  readonly standings: readonly Standing[];
  readonly token: Token | undefined;
  /** Tokens there are before the run; 0 without a token. */
  readonly supply: bigint;
}

export interface PrepareParts {
  readonly spec: LoadSpec;
  readonly genesis: GenesisNetwork;
  readonly network: LoadNetwork;
  readonly chains: Chains;
  readonly clock: Clock;
  readonly note: (line: string) => void;
}

export class PrepareError extends Error {
  readonly code = 'NOT_READY';
}

const WAIT_MAX_MS = 120_000;
const POLL_MS = 200;
/** The credit's code reads and writes 16 bytes: it has never burnt half of this. */
const CREDIT_GAS = 500n;
const REST_ROUNDS_MAX = 30;

export async function prepare(parts: PrepareParts): Promise<Ready> {
  const { spec, genesis, network } = parts;
  const { seed, gasPriceFloor } = genesis.genesis;
  const accounts = loadAccounts(seed, genesis.firstMap, spec.accountsPerGroup);
  const common = { accounts, networkId: genesis.networkId, gasPrice: gasPriceFloor };
  if (spec.workload === 'Transfer') {
    const workload = new TransferWorkload({ ...common, gasLimit: TRANSFER_GAS });
    const rested = await atRest(parts, accounts, undefined, await standings(network, accounts, undefined));
    return { accounts, workload, standings: rested, token: undefined, supply: 0n };
  }
  const token = await findToken(parts, spec.contract ?? '');
  const before = await standings(network, accounts, token);
  const debitGas = await fund(parts, token, accounts, before);
  const workload = new TokenWorkload({ ...common, gasLimit: BigInt(debitGas) + RELAY_GAS + CREDIT_GAS }, token);
  const rested = await atRest(parts, accounts, token, before);
  const supply = await supplyOf(network, token, accountOf(parts, spec.owner).address);
  return { accounts, workload, standings: rested, token, supply };
}

/** Calls of a contract that a group does not know yet fail there, so all must know it. */
async function findToken({ genesis, network, clock, note }: PrepareParts, name: string): Promise<Token> {
  const deadlineMs = clock.nowMs() + WAIT_MAX_MS;
  for (let round = 0; ; round++) {
    const found = await Promise.all(genesis.firstMap.groups.map((group) => network.contract(group, name)));
    const [first] = found;
    if (first !== undefined && found.every((one) => one !== undefined))
      return { contract: first.id, functions: tokenFunctions(first.abi) };
    if (clock.nowMs() > deadlineMs) throw new PrepareError(`contract ${name} is not known in every group`);
    if (round === 0) note(`waiting for contract ${name}`);
    await clock.sleep(POLL_MS);
  }
}

function accountOf({ genesis }: PrepareParts, name: string): LoadAccount {
  const { address, secret } = deriveKey(genesis.genesis.seed, name);
  const group = ownerOf(genesis.firstMap, partitionOf(address, genesis.genesis.partitions));
  return { index: 0, name, group, address, signer: new Signer(secret) };
}

/** Answers the gas of one debit. */
async function fund(
  parts: PrepareParts,
  token: Token,
  accounts: readonly LoadAccount[],
  before: readonly Standing[],
): Promise<number> {
  const { spec, genesis, network, chains, clock, note } = parts;
  const poor = accounts.filter((_, index) => (before[index]?.tokens ?? 0n) < TOKENS_ENOUGH);
  if (poor.length > 0) note(`${poor.length} of ${accounts.length} accounts get tokens from ${spec.owner}`);
  const funding = new Funding(
    {
      network,
      owner: accountOf(parts, spec.owner),
      token,
      networkId: genesis.networkId,
      gasPrice: genesis.genesis.gasPriceFloor,
      userGas: userGas(genesis.genesis),
      clock,
    },
    poor.map(({ address }) => address),
    genesis.genesis.confirmations,
  );
  const stop = chains.listen((event, nowMs) => {
    if (event.kind === 'undone') funding.tracker.undone(event.group, event.height);
    else funding.tracker.block(event, nowMs);
  });
  try {
    await funding.send(clock.nowMs());
    const deadlineMs = clock.nowMs() + WAIT_MAX_MS;
    while (!funding.isDone) {
      if (clock.nowMs() > deadlineMs)
        throw new FundingError(`${funding.tracker.pending} transactions of ${spec.owner} do not complete`);
      await clock.sleep(POLL_MS);
    }
    return funding.result();
  } finally {
    stop();
  }
}

/** What an earlier run left on its way changes balances after they are read: they are read until they stay. */
async function atRest(
  { genesis, network, clock, note }: PrepareParts,
  accounts: readonly LoadAccount[],
  token: Token | undefined,
  before: readonly Standing[],
): Promise<readonly Standing[]> {
  const { confirmations, blockIntervalMs } = genesis.genesis;
  let last = before;
  for (let round = 0; ; round++) {
    const now = await standings(network, accounts, token);
    const isSame = now.every(
      (one, i) => one.native === last[i]?.native && one.tokens === last[i]?.tokens && one.nonce === one.nextNonce,
    );
    // Accounts that have never sent have nothing on its way.
    if (now.every(({ nonce, nextNonce }) => nonce === 0 && nextNonce === 0)) return now;
    // With a token `before` is as old as the funding took.
    if ((isSame && (round > 0 || token !== undefined)) || round === REST_ROUNDS_MAX) return now;
    if (round === 0) note('waiting for what an earlier run may have left on its way');
    last = now;
    await clock.sleep((confirmations + 3) * blockIntervalMs);
  }
}
