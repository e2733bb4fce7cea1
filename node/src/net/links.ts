// The gossip streams others opened to us: who listens, for which group, and what each is told.

import type { OwnBlock } from '../engine/api.ts';
import type { GossipLink, GossipMessage } from '../rpc/backend.ts';

interface Listener {
  readonly link: GossipLink;
  readonly group: number;
}

const NO_LEAF = new Uint8Array(0);

export class Links {
  readonly #listeners = new Map<GossipLink, Listener>();
  #newest: OwnBlock | undefined;

  get size(): number {
    return this.#listeners.size;
  }

  /** A peer said which group it is of: it hears our newest block at once, so that it learns what it lacks. */
  add(link: GossipLink, group: number): void {
    const listener = { link, group };
    this.#listeners.set(link, listener);
    if (this.#newest !== undefined) tell(listener, this.#newest);
  }

  remove(link: GossipLink): void {
    this.#listeners.delete(link);
  }

  announce(block: OwnBlock): void {
    this.#newest = block;
    for (const listener of this.#listeners.values()) tell(listener, block);
  }

  /** Sends to the listeners of one group. */
  send(group: number, message: GossipMessage): void {
    for (const listener of this.#listeners.values()) if (listener.group === group) listener.link.send(message);
  }
}

function tell({ link, group }: Listener, block: OwnBlock): void {
  const leaf = block.leaves.find((l) => l.group === group)?.leaf ?? NO_LEAF;
  link.send({ kind: 'announcement', header: block.header, witness: block.witness, leaf });
}
