// Tells group 0 of groups that are asked for and that the shard map does not name yet: by an update signed with the governance
// key, the same bytes for the same wish, so that being killed or saying it twice does no harm. It says one thing at a time,
// and again until the map holds it. It makes no pods and takes no group away.
import { growthOf } from '@rexnet/node/chain/growth.ts';
import { privateKey, publicKeyOf, signer } from '@rexnet/node/chain/keys.ts';
import { HOME_GROUP } from '@rexnet/node/chain/shard-map.ts';
import { equalBytes } from '@rexnet/node/core/bytes.ts';
import type { Knowledge } from '../ask/asker.ts';
import { ProposalError, type Proposals } from '../ask/proposals.ts';
import { keyOf } from '../kube/resources.ts';
import type { ChainSeen } from '../plan/kube/chain-seen.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import {
  GROUPS_JOINING,
  haveJoined,
  haveNoBlock,
  isNotHeard,
  isRefused,
  isTold,
  type Joining,
  joiningGroups,
  waitsForNodes,
  withoutBlock,
} from '../plan/kube/joining.ts';
import { isOwnedBy } from '../plan/kube/leftovers.ts';
import { groupName, partName } from '../plan/kube/names.ts';
import { isNodePod, podSeenOf } from '../plan/kube/pod-seen.ts';
import { BY_GROUP, PODS, SECRETS, type TestnetObject } from './collections.ts';
import type { Clients, Copies } from './controller.ts';
import type { Trouble } from './inputs.ts';
import { type Genesis, governanceSecretIn, networkOf, type SecretObject } from './testnet-genesis.ts';
import { askable, type TestnetLook } from './testnet-look.ts';

export interface GrowthOptions {
  readonly knowledge: Knowledge;
  readonly proposals: Proposals;
}

export type Growth = {
  /** What these wait for. */
  readonly joining?: Trouble & { readonly groups: readonly number[] };
  /** Why it cannot be. */
  readonly stalled?: Trouble;
  readonly againMs?: number;
};

/** What was last said of one Testnet. */
type Word = {
  /** Over the map of this epoch, for so many groups. */
  readonly epoch: number;
  readonly wanted: number;
  readonly saidAt: number;
  readonly answer: 'taken' | { readonly code: ProposalError['code']; readonly message: string };
  /** In a row, over the same epoch. */
  readonly refusals: number;
  readonly kept: Kept | undefined;
};

/** What may have been taken, until it is clear whether it was. */
type Kept = { readonly groups: number; readonly epoch: number; readonly until: number };

/** A node keeps what it was told until a block holds it, but not over a restart. */
const SAY_AGAIN_MS = 5_000;
/** The answer we go by may be older than the map in force, and the next one is not: one refusal says nothing. */
const REFUSALS_MIN = 2;
const ASK_AGAIN_MS = 1_000;
/** What was taken is in a block by then, and we have heard of it. */
const KEPT_MS = 60_000;

export class GrowthKeeper {
  readonly #options: GrowthOptions;
  /** By uid of the Testnet. */
  readonly #words = new Map<string, Word>();
  /** Epochs that were told as an event. */
  readonly #told = new Map<string, number>();

  constructor(options: GrowthOptions) {
    this.#options = options;
  }

  forget(uid: string): void {
    this.#words.delete(uid);
    this.#told.delete(uid);
  }

  /** Groups below this number may be in the map before anybody tells us. */
  toldOf(uid: string, look: TestnetLook, now: number): number {
    const kept = this.#words.get(uid)?.kept;
    if (kept === undefined || now > kept.until) return 0;
    return look.home !== undefined && look.home.epoch > kept.epoch ? 0 : kept.groups;
  }

  async step(
    object: TestnetObject,
    input: KubeInput,
    genesis: Genesis,
    look: TestnetLook,
    copies: Copies,
    clients: Clients,
  ): Promise<Growth> {
    const { uid } = input.facts;
    this.#tellJoined(object, look.chain, clients);
    if (look.home === undefined || input.plan.suspended) return {};
    const heightOf = (group: number): number | undefined => this.#heightOf(input, group);
    const joining = joiningGroups(input.testnet.spec.groups, look.home, (group) => heightOf(group) !== undefined);
    if (joining === undefined) {
      // One that does not answer is silent, which is said elsewhere.
      const bare = withoutBlock(genesis.firstGroups, look.home, (group) => heightOf(group) !== 0);
      return bare.length === 0 ? {} : waiting({ groups: bare }, haveNoBlock(bare));
    }
    const { epoch } = look.home;
    if (joining.absent !== undefined) return waiting(joining, waitsForNodes(joining, joining.absent));
    const wanted = input.testnet.spec.groups;
    const before = this.#words.get(uid);
    const isSame = before?.epoch === epoch && before.wanted === wanted;
    const now = clients.clock.now();
    if (isSame && now < before.saidAt + pauseAfter(before)) return heard(joining, before, now);
    const signed = await transactionOf(input, genesis, look.home, clients);
    if ('trouble' in signed) return { stalled: signed.trouble };
    const answer = await this.#say(input, signed.transaction, copies, clients);
    const refusals = isRefusal(answer) ? (isSame ? before.refusals : 0) + 1 : 0;
    const saidAt = clients.clock.now();
    const kept = isRefusal(answer) ? before?.kept : keeping(wanted, epoch, saidAt, before?.kept);
    const word: Word = { epoch, wanted, saidAt, answer, refusals, kept };
    this.#words.set(uid, word);
    const isNews = answer === 'taken' && !(isSame && before.answer === 'taken');
    if (isNews) record(object, 'GroupsJoining', isTold(joining, epoch), clients);
    return heard(joining, word, saidAt);
  }

  /** As its own nodes say; undefined while none answers. */
  #heightOf({ testnet, facts }: KubeInput, group: number): number | undefined {
    const key = keyOf({ namespace: facts.namespace, name: groupName(testnet.name, group) });
    const heights = [...this.#options.knowledge.of(key).values()].flatMap(({ answer }) => answer?.height ?? []);
    return heights.length === 0 ? undefined : Math.max(...heights);
  }

  async #say(
    { testnet, facts }: KubeInput,
    transaction: Uint8Array,
    copies: Copies,
    { signal }: Clients,
  ): Promise<Word['answer']> {
    const home = keyOf({ namespace: facts.namespace, name: groupName(testnet.name, HOME_GROUP) });
    const pods = copies.of(PODS).by(BY_GROUP, home).filter(isNodePod).map(podSeenOf);
    // One that is ready has the newest map.
    const inOrder = [...pods].sort((a, b) => Number(b.isReady) - Number(a.isReady));
    const addresses = askable(inOrder).map(({ address }) => address);
    try {
      await this.#options.proposals.propose(addresses, transaction, signal);
      return 'taken';
    } catch (error) {
      if (!(error instanceof ProposalError)) throw error;
      return { code: error.code, message: error.message };
    }
  }

  /** The status says which epoch was known last, so that nobody has to remember it. */
  #tellJoined(object: TestnetObject, chain: ChainSeen | undefined, clients: Clients): void {
    const { uid = '' } = object.metadata;
    const known = object.status?.shardMapEpoch;
    if (chain === undefined || known === undefined) return;
    if (chain.epoch <= Math.max(known, this.#told.get(uid) ?? 0)) return;
    this.#told.set(uid, chain.epoch);
    record(object, 'GroupsJoined', haveJoined(chain), clients);
  }
}

function isRefusal(answer: Word['answer']): boolean {
  return answer !== 'taken' && answer.code === 'REFUSED';
}

function keeping(wanted: number, epoch: number, now: number, before: Kept | undefined): Kept {
  const earlier = before !== undefined && now <= before.until ? before.groups : 0;
  return { groups: Math.max(wanted, earlier), epoch, until: now + KEPT_MS };
}

function pauseAfter({ answer }: Word): number {
  return answer === 'taken' ? SAY_AGAIN_MS : ASK_AGAIN_MS;
}

function heard(joining: Joining, word: Word, now: number): Growth {
  const { answer, epoch, refusals } = word;
  const again = { againMs: Math.max(0, word.saidAt + pauseAfter(word) - now) };
  if (answer === 'taken') return { ...waiting(joining, isTold(joining, epoch)), ...again };
  if (refusals >= REFUSALS_MIN)
    return { stalled: { reason: 'GroupsRefused', message: isRefused(joining, answer.message) }, ...again };
  return { ...waiting(joining, isNotHeard(joining, answer.message)), ...again };
}

function waiting({ groups }: Joining, message: string): Growth {
  return { joining: { groups, reason: GROUPS_JOINING, message } };
}

/** The same wish over the same map gives the same bytes: the key's signatures have no chance in them. */
async function transactionOf(
  { testnet, facts }: KubeInput,
  { bytes }: Genesis,
  home: ChainSeen,
  { rest, signal }: Clients,
): Promise<{ readonly transaction: Uint8Array } | { readonly trouble: Trouble }> {
  const network = networkOf(bytes);
  if (network === undefined)
    return noKey(`the genesis of ${testnet.name} is of another version; an operator of that version can add groups`);
  const name = partName(testnet.name, 'governance');
  const secret = await rest.get<SecretObject>(SECRETS, { name, namespace: facts.namespace }, { signal });
  if (secret === undefined || !isOwnedBy(secret, facts.uid))
    return noKey(`Secret ${name} is gone; put it back as it was`);
  const key = governanceSecretIn(secret);
  if (key === undefined) return noKey(`Secret ${name} holds no key; put it back as it was`);
  const publicKey = publicKeyOf(privateKey(key));
  if (!equalBytes(publicKey, network.genesis.governance))
    return noKey(`the key in Secret ${name} is not the one of this network; put it back as it was`);
  const transaction = growthOf(network, home, testnet.spec.groups, { publicKey, sign: signer(key) });
  if (transaction === undefined) throw new Error('the map names all groups that are asked for');
  return { transaction };
}

function noKey(why: string): { readonly trouble: Trouble } {
  return { trouble: { reason: 'NoGovernanceKey', message: `No group can join without the governance key: ${why}.` } };
}

function record(regarding: TestnetObject, reason: string, note: string, { record: tell }: Clients): void {
  tell({ regarding, type: 'Normal', reason, action: 'UpdateShardMap', note });
}
