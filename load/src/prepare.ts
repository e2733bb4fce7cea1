// Everything between a running network and the first offered transaction: the contract known everywhere, accounts funded and
// at rest, the price of one transaction measured. Waits on the network; offers nothing.
import { userGas } from '@rexnet/node/chain/gas.ts';
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { accountOf, accountsNamed, type LoadAccount, loadAccounts } from './accounts.ts';
import type { Chains, Clock } from './chains.ts';
import { Funding, FundingError } from './funding.ts';
import { type Standing, standings } from './holdings.ts';
import { mapFew } from './map-few.ts';
import type { ContractState, LoadNetwork } from './network.ts';
import { type Share, shareOf } from './shares.ts';
import type { Loaded, LoadSpec } from './spec.ts';
import { passStartGate } from './start-gate.ts';
import type { Book, Bound, Workload, WorkloadKind } from './workload.ts';
import { KINDS } from './workloads.ts';

export interface Ready {
  readonly accounts: readonly LoadAccount[];
  readonly loaded: Loaded;
  readonly kind: WorkloadKind;
  readonly workload: Workload;
  readonly standings: readonly Standing[];
  readonly book: Book | undefined;
  /** What the workload must leave as it is; undefined when its contract does not tell. */
  readonly supply: bigint | undefined;
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
const REST_ROUNDS_MAX = 30;

export async function prepare(parts: PrepareParts): Promise<Ready> {
  const { spec, genesis } = parts;
  const { generators, generator, accountsPerGroup, owner } = spec;
  if (generators === undefined) return prepareAs(parts, undefined);
  const share = shareOf(genesis.genesis.seed, genesis.firstMap, { generator, generators, accountsPerGroup, owner });
  const ready = await prepareAs({ ...parts, spec: { ...spec, owner: share.owner } }, share);
  if (spec.startTogether && generators > 1) await passStartGate({ ...parts, generators, ...gateOf(parts, share) });
  return ready;
}

function gateOf({ genesis }: PrepareParts, share: Share): Pick<Parameters<typeof passStartGate>[0], 'owner' | 'gate'> {
  const of = (name: string): Omit<LoadAccount, 'index'> => accountOf(genesis.genesis.seed, genesis.firstMap, name);
  return { owner: of(share.owner), gate: of(share.gate) };
}

async function prepareAs(parts: PrepareParts, share: Share | undefined): Promise<Ready> {
  const { spec, genesis, network } = parts;
  const { seed, gasPriceFloor } = genesis.genesis;
  const accounts =
    share === undefined
      ? loadAccounts(seed, genesis.firstMap, spec)
      : accountsNamed(seed, genesis.firstMap, share.accounts);
  const groups = new Set(accounts.map(({ group }) => group)).size;
  const loaded =
    share === undefined
      ? { groups, sharers: 1, allGroups: groups }
      : { groups, sharers: share.sharers, allGroups: genesis.firstMap.groups.length };
  const common = { accounts, networkId: genesis.networkId, gasPrice: gasPriceFloor };
  const kind = KINDS[spec.workload];
  if ('make' in kind) {
    const rested = await atRest(parts, accounts, undefined, await standings(network, accounts, undefined));
    const workload = kind.make(common);
    return { accounts, loaded, kind, workload, standings: rested, book: undefined, supply: undefined };
  }
  const contract = await findContract(parts, spec.contract ?? '');
  const bound = kind.bind(contract, spec);
  const before = await standings(network, accounts, bound.book);
  const rootGas = await fund(parts, share, contract, bound, accounts, before);
  const workload = bound.make(common, BigInt(rootGas));
  const rested = await atRest(parts, accounts, bound, before);
  return {
    accounts,
    loaded,
    kind,
    workload,
    standings: rested,
    book: bound.book,
    supply:
      bound.book?.isSupplyShared === true && (spec.generators ?? 1) > 1
        ? undefined
        : await supplyOf(parts, bound.book, rested),
  };
}

/** What payments leave as it is, by the word of the contract. */
export async function supplyOf(
  { spec, genesis, network }: Pick<PrepareParts, 'spec' | 'genesis' | 'network'>,
  book: Book | undefined,
  found: readonly Standing[],
): Promise<bigint | undefined> {
  const { address: sender } = accountOf(genesis.genesis.seed, genesis.firstMap, spec.owner);
  const holdings = found.map(({ tokens }) => tokens);
  return book?.supply?.(network, { sender, holdings, owners: [...genesis.firstMap.owners] });
}

/** Calls of a contract that a group does not know yet fail there, so all must know it. */
async function findContract({ genesis, network, clock, note }: PrepareParts, name: string): Promise<ContractState> {
  const deadlineMs = clock.nowMs() + WAIT_MAX_MS;
  for (let round = 0; ; round++) {
    const found = await Promise.all(genesis.firstMap.groups.map((group) => network.contract(group, name)));
    const [first] = found;
    if (first !== undefined && found.every((one) => one !== undefined)) return first;
    if (clock.nowMs() > deadlineMs) throw new PrepareError(`contract ${name} is not known in every group`);
    if (round === 0) note(`waiting for contract ${name}`);
    await clock.sleep(POLL_MS);
  }
}

/** Answers what the first invocation of one transaction burns. */
async function fund(
  parts: PrepareParts,
  share: Share | undefined,
  contract: ContractState,
  bound: Bound,
  accounts: readonly LoadAccount[],
  before: readonly Standing[],
): Promise<number> {
  const { spec, genesis, network, chains, clock, note } = parts;
  const { enough = 0n, each = 0n } = bound.grant ?? {};
  const poor = accounts.filter((_, index) => (before[index]?.tokens ?? 0n) < enough);
  const owner = accountOf(genesis.genesis.seed, genesis.firstMap, spec.owner);
  await untilHeld(parts, bound.book, owner, each * BigInt(poor.length));
  if (poor.length > 0) note(`${poor.length} of ${accounts.length} accounts get tokens from ${spec.owner}`);
  // One portion more than they hand out: they probe as well.
  const heritage = each * BigInt((share?.accountsMax ?? 0) + 1);
  const heirs = await poorHeirs(parts, bound.book, share?.heirs ?? [], each);
  const funding = new Funding(
    {
      network,
      owner,
      contract: contract.id,
      bound,
      heirs: { addresses: heirs, each: heritage },
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

/** Who deployed the contract has all there is; other owners wait until he has given them theirs. */
async function untilHeld(
  { network, clock, note, spec }: PrepareParts,
  book: Book | undefined,
  owner: Omit<LoadAccount, 'index'>,
  needed: bigint,
): Promise<void> {
  if (book === undefined || needed === 0n) return;
  const deadlineMs = clock.nowMs() + WAIT_MAX_MS;
  for (let round = 0; (await book.holding(network, owner)) < needed; round++) {
    if (clock.nowMs() > deadlineMs)
      throw new PrepareError(`${spec.owner} has less than the ${needed} tokens to hand out`);
    if (round === 0) note(`waiting for what ${spec.owner} is to hand out`);
    await clock.sleep(POLL_MS);
  }
}

/** Addresses of the owners of other generators who have had nothing yet: the portion more stays with them. */
async function poorHeirs(
  { genesis, network }: PrepareParts,
  book: Book | undefined,
  names: readonly string[],
  each: bigint,
): Promise<readonly Uint8Array[]> {
  const owners = names.map((name) => accountOf(genesis.genesis.seed, genesis.firstMap, name));
  if (book === undefined) return [];
  const held = await mapFew(owners, (owner) => book.holding(network, owner));
  return owners.flatMap(({ address }, index) => ((held[index] ?? 0n) < each ? [address] : []));
}

/** What an earlier run left on its way changes balances after they are read: they are read until they stay. */
async function atRest(
  { genesis, network, clock, note }: PrepareParts,
  accounts: readonly LoadAccount[],
  bound: Bound | undefined,
  before: readonly Standing[],
): Promise<readonly Standing[]> {
  const { confirmations, blockIntervalMs } = genesis.genesis;
  let last = before;
  for (let round = 0; ; round++) {
    const now = await standings(network, accounts, bound?.book);
    const isSame = now.every(
      (one, i) => one.native === last[i]?.native && one.tokens === last[i]?.tokens && one.nonce === one.nextNonce,
    );
    // Accounts that have never sent have nothing on its way.
    if (now.every(({ nonce, nextNonce }) => nonce === 0 && nextNonce === 0)) return now;
    // With a probe `before` is as old as the probe took.
    if ((isSame && (round > 0 || bound?.probe !== undefined)) || round === REST_ROUNDS_MAX) return now;
    if (round === 0) note('waiting for what an earlier run may have left on its way');
    last = now;
    await clock.sleep((confirmations + 3) * blockIntervalMs);
  }
}
