// The genesis of a Testnet and the secrets before it: made once, from random keys, and read ever after from where they were
// put. A Testnet waits until all that belonged to an earlier one of its name is gone: nothing of another chain may be taken
// for its own.
import { randomBytes } from 'node:crypto';
import { GenesisError, makeGenesis, type Network, readGenesis } from '@rexnet/node/chain/genesis.ts';
import { privateKey, publicKeyOf } from '@rexnet/node/chain/keys.ts';
import { fromHex, toHex } from '@rexnet/node/core/bytes.ts';
import { DecodeError } from '@rexnet/node/core/codec.ts';
import { sha256d } from '@rexnet/node/core/hash.ts';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import type { Collection } from '../kube/caches.ts';
import { nameTaken, standingOf } from '../kube/ownership.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { isOwnedBy, strangers } from '../plan/kube/leftovers.ts';
import { partName } from '../plan/kube/names.ts';
import { GENESIS_KEY } from '../plan/kube/pod.ts';
import {
  bitcoindSecret,
  CREDENTIAL_BYTES,
  GOVERNANCE_BYTES,
  GOVERNANCE_KEY,
  governanceSecret,
} from '../plan/kube/secrets.ts';
import {
  BY_TESTNET,
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  GROUPS,
  JOBS,
  NETWORK_POLICIES,
  PODS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
  TESTNETS,
  type TestnetObject,
} from './collections.ts';
import type { Clients, Copies } from './controller.ts';
import { type Made, parentOf, planOf, type Trouble } from './inputs.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';

export type Genesis = {
  readonly bytes: Uint8Array;
  readonly networkId: string;
  /** Those the chain began with; undefined when the file is of another version. */
  readonly firstGroups: number | undefined;
};
export type GenesisStep =
  | Made<{ readonly genesis: Genesis }>
  | { readonly waiting: { readonly reason: string; readonly message: string } };

export type SecretObject = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const MUST_BE_GONE: readonly Collection<never>[] = [
  GROUPS,
  STATEFUL_SETS,
  PODS,
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  JOBS,
  SERVICES,
  DISRUPTION_BUDGETS,
  NETWORK_POLICIES,
];

export class GenesisKeeper {
  /** By uid of the Testnet. */
  readonly #known = new Map<string, Genesis>();

  forget(uid: string): void {
    this.#known.delete(uid);
  }

  /** Of the chain that exists already. */
  found({ metadata }: TestnetObject, copies: Copies): Genesis | undefined {
    const { uid = '', namespace = '', name } = metadata;
    const found = this.#known.get(uid) ?? stored({ name, namespace, uid }, copies);
    if (found !== undefined) this.#known.set(uid, found);
    return found;
  }

  /** The file of the running chain; made now when there is none. Nothing but Secrets is written here. */
  async genesis(input: KubeInput, copies: Copies, clients: Clients): Promise<GenesisStep> {
    const { uid } = input.facts;
    const known = this.#known.get(uid);
    if (known !== undefined) return { genesis: known };
    const hasBegun = ownGroups(input, copies).length > 0;
    const first = hasBegun ? undefined : MUST_BE_GONE.flatMap((collection) => ofOthers(input, copies, collection))[0];
    if (first !== undefined) return waitingFor(first, input.testnet.name);
    const wishes = [
      governanceSecret(input, randomBytes(GOVERNANCE_BYTES)),
      ...(input.plan.bitcoin.kind === 'regtest' ? [bitcoindSecret(input, randomBytes(CREDENTIAL_BYTES))] : []),
    ] as unknown as readonly SecretObject[];
    const secrets: SecretObject[] = [];
    for (const wish of wishes) {
      const secret = await once(wish, clients).catch(troubleOf);
      if ('trouble' in secret) return secret;
      const standing = standingOf(secret, wish);
      if (standing === 'earlier') return waitingFor(secret, input.testnet.name);
      if (standing === 'foreign') return troubleOf(nameTaken(secret, wish));
      secrets.push(secret);
    }
    const [governance] = secrets;
    if (governance === undefined) throw new Error('a Testnet has a governance key');
    const made = make(input, governance);
    if (!('genesis' in made)) return made;
    const { networkId } = copies.of(TESTNETS).get(keyOf({ ...input.facts, name: input.testnet.name }))?.status ?? {};
    if (hasBegun && networkId !== undefined && networkId !== made.genesis.networkId) return lost(input.testnet.name);
    this.#known.set(uid, made.genesis);
    return made;
  }
}

/** Where there is one, all of an earlier Testnet was gone already. */
function ownGroups({ testnet, facts }: KubeInput, copies: Copies): readonly KubeObject[] {
  const key = keyOf({ namespace: facts.namespace, name: testnet.name });
  return copies
    .of(GROUPS)
    .by(BY_TESTNET, key)
    .filter((group) => isOwnedBy(group, facts.uid));
}

function troubleOf(error: unknown): { readonly trouble: Trouble } {
  return { trouble: troubleOfRefusal(refusalIn(error)) };
}

/** Of another number of first groups, or another compiler. */
function lost(testnet: string): GenesisStep {
  const message = `ConfigMap ${partName(testnet, 'genesis')} is gone, and what would be made today is another network: put it back as it was, or delete the Testnet; what runs goes on.`;
  return { trouble: { reason: 'GenesisLost', message } };
}

type Place = { readonly name: string; readonly namespace: string; readonly uid: string };

function stored({ name, namespace, uid }: Place, copies: Copies): Genesis | undefined {
  const found = copies.of(CONFIG_MAPS).get(keyOf({ namespace, name: partName(name, 'genesis') }));
  const text = found?.binaryData?.[GENESIS_KEY];
  return found === undefined || text === undefined || !isOwnedBy(found, uid)
    ? undefined
    : genesisOf(Uint8Array.from(Buffer.from(text, 'base64')));
}

function genesisOf(bytes: Uint8Array): Genesis {
  return { bytes, networkId: toHex(sha256d(bytes)), firstGroups: networkOf(bytes)?.firstMap.groups.length };
}

/** It funds thousands of accounts: read when it is needed, and not kept. Undefined for a file of another version. */
export function networkOf(bytes: Uint8Array): Network | undefined {
  try {
    return readGenesis(bytes);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof GenesisError) return undefined;
    throw error;
  }
}

const SECRET_HEX = new RegExp(`^[0-9a-f]{${2 * GOVERNANCE_BYTES}}$`);

/** Undefined when the Secret holds no key. */
export function governanceSecretIn({ data }: SecretObject): Uint8Array | undefined {
  const hex = Buffer.from(data?.[GOVERNANCE_KEY] ?? '', 'base64')
    .toString('utf8')
    .trim();
  return SECRET_HEX.test(hex) ? fromHex(hex) : undefined;
}

/** The same Secret always gives the same genesis, so being interrupted here does no harm. */
function make({ testnet, facts }: KubeInput, secret: SecretObject): Made<{ readonly genesis: Genesis }> {
  const key = governanceSecretIn(secret);
  if (key === undefined) {
    const { name } = secret.metadata;
    return {
      trouble: {
        reason: 'NoGovernanceKey',
        message: `Secret ${name} holds no governance key; delete it, and one is made.`,
      },
    };
  }
  const governance = publicKeyOf(privateKey(key));
  const planned = planOf(testnet, { bitcoind: parentOf(facts), governance, compilerHash: compilerHash() });
  if ('trouble' in planned) return planned;
  try {
    return { genesis: genesisOf(makeGenesis(planned.plan.genesis)) };
  } catch (error) {
    if (!(error instanceof GenesisError)) throw error;
    return { trouble: { reason: 'InvalidSpec', message: `No chain can begin with these values: ${error.message}.` } };
  }
}

/** By POST, so that two who try leave one. */
async function once(secret: SecretObject, { rest, fieldManager, signal }: Clients): Promise<SecretObject> {
  const found = await rest.get<SecretObject>(SECRETS, secret.metadata, { signal });
  if (found !== undefined) return found;
  const created = await rest.create<SecretObject>(SECRETS, secret, { fieldManager, signal });
  if (created.kind === 'created') return created.object;
  const other = await rest.get<SecretObject>(SECRETS, secret.metadata, { signal });
  if (other === undefined) throw new Error(`Secret ${secret.metadata.name} came and went`);
  return other;
}

/** What belongs to a LoadTest is not in the way of the Testnet it drives. */
function ofOthers({ testnet, facts }: KubeInput, copies: Copies, collection: Collection<never>): readonly KubeObject[] {
  const key = keyOf({ namespace: facts.namespace, name: testnet.name });
  const labelled: readonly KubeObject[] = copies.of(collection).by(BY_TESTNET, key);
  const owned = labelled.filter(
    ({ metadata: { ownerReferences = [] } }) =>
      ownerReferences.length > 0 && ownerReferences.every(({ kind }) => kind !== 'LoadTest'),
  );
  return strangers(owned, facts.uid);
}

function waitingFor({ kind, metadata }: KubeObject, testnet: string): GenesisStep {
  const message = `${kind} ${metadata.name} of an earlier Testnet ${testnet} is still going; this one begins when all of it is gone. What stays, because it was orphaned, goes with: kubectl delete consensusgroups -l ${LABEL.testnet}=${testnet}.`;
  return { waiting: { reason: 'WaitingForPrevious', message } };
}
