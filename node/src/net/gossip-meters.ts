// Counts what goes over gossip streams, whichever side opened them. Changes nothing on its way.
import type { GossipLink, GossipMessage } from '../rpc/backend.ts';
import type { Metrics } from '../telemetry/telemetry.ts';

export class GossipMeters {
  readonly #peers: Metrics['peers'];

  constructor({ peers }: Pick<Metrics, 'peers'>) {
    this.#peers = peers;
  }

  received(message: GossipMessage): void {
    this.#count('in', message);
  }

  /** The same link, counted. */
  metered(link: GossipLink): GossipLink {
    let isDropped = false;
    return {
      connection: link.connection,
      send: (message) => {
        const isSent = link.send(message);
        if (isSent) this.#count('out', message);
        else this.#peers.skipped.inc();
        return isSent;
      },
      close: (code) => {
        if (code !== undefined && !isDropped) this.#peers.dropped.inc({ code });
        isDropped = true;
        link.close(code);
      },
    };
  }

  #count(direction: 'in' | 'out', message: GossipMessage): void {
    this.#peers.messages.inc({ direction, message: message.kind });
    this.#peers.bytes.inc({ direction }, payloadBytes(message));
  }
}

function payloadBytes(message: GossipMessage): number {
  switch (message.kind) {
    case 'hello':
      return 0;
    case 'announcement':
      return message.header.length + message.witness.length + message.leaf.length;
    case 'transactions':
      return message.batch.length;
  }
}
