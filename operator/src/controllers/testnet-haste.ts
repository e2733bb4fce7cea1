// Brings a changed list of nodes to the miners soon: a kubelet looks at ConfigMaps once a minute, or as soon as an annotation
// of the pod changes. New groups make no block before miners know them. Best effort: without it they know a minute later.
import { createHash } from 'node:crypto';
import { KubeError } from '../kube/errors.ts';
import { keyOf } from '../kube/resources.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { partName } from '../plan/kube/names.ts';
import { PEERS_KEY } from '../plan/kube/pod.ts';
import { BY_TESTNET, CONFIG_MAPS, PODS } from './collections.ts';
import type { Clients, Copies } from './controller.ts';

/** The kubelet has to have heard of the change as well. */
const KUBELET_MS = 1_000;
const PEERS_ANNOTATION = 'rexnet.dev/peers';
const HASH_CHARS = 16;

export class HasteKeeper {
  /** By uid of the Testnet: the list as our copy showed it last. */
  readonly #shown = new Map<string, string>();
  readonly #dueAt = new Map<string, number>();

  forget(uid: string): void {
    this.#shown.delete(uid);
    this.#dueAt.delete(uid);
  }

  /** The answer is after how long to look again. */
  async step({ testnet, facts }: KubeInput, copies: Copies, clients: Clients): Promise<number | undefined> {
    const { uid, namespace } = facts;
    const place = { namespace, name: partName(testnet.name, 'peers') };
    const text = copies.of(CONFIG_MAPS).get(keyOf(place))?.data?.[PEERS_KEY];
    const before = this.#shown.get(uid);
    const now = clients.clock.now();
    if (text === undefined) return undefined;
    this.#shown.set(uid, text);
    if (before !== undefined && before !== text) this.#dueAt.set(uid, now + KUBELET_MS);
    const dueAt = this.#dueAt.get(uid);
    if (dueAt === undefined) return undefined;
    if (now < dueAt) return dueAt - now;
    this.#dueAt.delete(uid);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARS);
    for (const { metadata } of copies.of(PODS).by(BY_TESTNET, keyOf({ namespace, name: testnet.name }))) {
      if (metadata.labels?.[LABEL.component] !== 'miner' || metadata.deletionTimestamp !== undefined) continue;
      await annotate({ namespace, name: metadata.name }, hash, clients);
    }
    return undefined;
  }
}

async function annotate(
  pod: { readonly namespace: string; readonly name: string },
  hash: string,
  { rest, fieldManager, signal }: Clients,
): Promise<void> {
  const patch = { metadata: { annotations: { [PEERS_ANNOTATION]: hash } } };
  try {
    await rest.merge(PODS.resource, pod, patch, { fieldManager, signal });
  } catch (error) {
    if (!(error instanceof KubeError) || error.code === 'ABORTED') throw error;
  }
}
