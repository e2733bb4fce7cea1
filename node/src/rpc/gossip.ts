// One gossip stream, whichever side opened it: reads one message at a time, skips what a slow peer cannot take.
import type { GossipHandler, GossipLink, GossipMessage } from './backend.ts';
import { RpcError } from './errors.ts';

/** How a message is put on this stream; false when the stream asks to wait. */
export interface GossipWire {
  readonly connection: string;
  write(message: GossipMessage): boolean;
  onDrain(listener: () => void): void;
  /** Ends the stream for a fault of the peer, or without one. */
  end(code?: string): void;
}

/** The near end of `wire`. */
export function gossipLink(wire: GossipWire): GossipLink {
  let full = false;
  let ended = false;
  wire.onDrain(() => {
    full = false;
  });
  return {
    connection: wire.connection,
    send: (message) => {
      if (full || ended) return false;
      full = !wire.write(message);
      return true;
    },
    close: (code) => {
      if (ended) return;
      ended = true;
      wire.end(code);
    },
  };
}

/** Feeds a handler until the peer ends; the first message must be a hello and no other may be. */
export async function readGossip(messages: AsyncIterable<GossipMessage>, handler: GossipHandler): Promise<void> {
  let greeted = false;
  for await (const message of messages) {
    if ((message.kind === 'hello') === greeted) {
      throw new RpcError('BAD_REQUEST', { field: 'message', message: 'one hello, and it comes first' });
    }
    greeted = true;
    await handler.receive(message);
  }
}
