// Keeps a node connected: dials every configured peer, hands what they announce to the chain, and asks them for what
// the chain lacks. It judges no block and stores nothing.

import { BODY } from '../core/layouts.ts';
import type { EngineApi, OwnBlock, Want } from '../engine/api.ts';
import type { Remote } from '../engine/bridge.ts';
import type { GossipHandler, GossipLink, PeerHello } from '../rpc/backend.ts';
import { PeerRpc } from '../rpc/peer-client.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/telemetry.ts';
import { GossipMeters } from './gossip-meters.ts';
import { fetchHeaders, HEADERS_PER_ANSWER, TiringPeers } from './header-fetch.ts';
import { Introduction } from './introduction.ts';
import { Links } from './links.ts';
import type { PeerAddress, PeerTable } from './peer-file.ts';
import { anyOf, inTurn } from './rotation.ts';
import { StateFetch } from './state-fetch.ts';
import { Wants } from './wants.ts';

type HeadersWant = Extract<Want, { readonly kind: 'headers' }>;

const HEADERS_DEADLINE_MS = 10_000;
const REDIAL_MS = [200, 500, 1_000, 2_000];

export interface NetworkModules {
  readonly chain: Pick<Remote<EngineApi>, 'takeHeaders' | 'takeBody' | 'takeLeaf' | 'takePart' | 'locator'>;
  readonly log: Log;
  /** Our greeting, with the tip of the moment. */
  hello(): PeerHello;
  /** Whether every signature of these transactions is right. */
  verify(transactions: readonly Uint8Array[]): Promise<boolean>;
  /** A batch that came from a peer. */
  takeTransactions(batch: Uint8Array, forwarded: boolean, connection: string): Promise<string | undefined>;
  readonly metrics: Pick<Metrics, 'peers'>;
  /** What this process may use. */
  readonly memoryBytes: number;
  nowMs(): number;
}

/** One we dial. */
interface Peer {
  readonly group: number;
  readonly address: PeerAddress;
  readonly rpc: PeerRpc;
  readonly stop: AbortController;
}

export class Network {
  readonly links: Links = new Links();
  readonly #m: NetworkModules;
  readonly #peers = new Map<string, Peer>();
  readonly #outgoing = new Map<number, GossipLink[]>();
  readonly #wants = new Wants();
  readonly #meters: GossipMeters;
  readonly #introduction: Introduction;
  readonly #states: StateFetch;
  readonly #tiring = new TiringPeers();
  #turn = 0;

  constructor(modules: NetworkModules) {
    this.#m = modules;
    this.#meters = new GossipMeters(modules.metrics);
    this.#introduction = new Introduction(modules.nowMs());
    this.#states = this.#stateFetch();
  }

  /** Peers with a live outgoing stream. */
  get connected(): number {
    let count = 0;
    for (const links of this.#outgoing.values()) count += links.length;
    return count;
  }

  /** Whether the others of our group were heard, and this height is none they have left behind. */
  isIntroduced(height: number): boolean {
    return this.#introduction.isOver(height, this.#m.nowMs());
  }

  /** Dials who is new in the table and leaves who is gone from it. */
  configure(table: PeerTable, self: string): void {
    const wanted = new Map<string, { group: number; address: PeerAddress }>();
    // We are one of them.
    this.#introduction.expect((table.get(this.#m.hello().group)?.length ?? 1) - 1);
    for (const [group, nodes] of table) {
      for (const address of nodes) if (address.peer !== self) wanted.set(address.peer, { group, address });
    }
    for (const key of this.#peers.keys()) if (!wanted.has(key)) this.#leave(key);
    for (const [key, { group, address }] of wanted) {
      if (this.#peers.has(key)) continue;
      const peer = { group, address, rpc: new PeerRpc(address.peer), stop: new AbortController() };
      this.#peers.set(key, peer);
      void this.#listen(peer);
    }
  }

  announce(block: OwnBlock): void {
    this.links.announce(block);
  }

  /** Sends a batch to one node of a group; false when none is connected. */
  forward(group: number, batch: Uint8Array): boolean {
    const links = this.#outgoing.get(group) ?? [];
    const link = links[this.#turn++ % Math.max(1, links.length)];
    return link?.send({ kind: 'transactions', batch, forwarded: true }) ?? false;
  }

  /** Tells the other nodes of our own group. */
  share(group: number, batch: Uint8Array): void {
    for (const link of this.#outgoing.get(group) ?? []) link.send({ kind: 'transactions', batch, forwarded: true });
  }

  /** Asks for what is missing and not being asked for. */
  async fetch(wants: readonly Want[]): Promise<void> {
    const parts = wants.flatMap((want) => (want.kind === 'part' ? [want] : []));
    const due = this.#wants.due(
      wants.flatMap((want) => (want.kind === 'part' ? [] : [want])),
      this.#m.nowMs(),
    );
    const bodies = due.filter((d) => d.want.kind === 'body');
    const asked: Promise<void>[] = [this.#states.want(parts)];
    for (const { want, tries } of due) {
      if (want.kind === 'headers') asked.push(this.#fetchHeaders(want, tries));
    }
    if (bodies.length > 0)
      asked.push(
        this.#fetchBodies(
          bodies.map((d) => d.want),
          bodies[0]!.tries,
        ),
      );
    for (const [group, { ids, tries }] of leavesByGroup(due)) asked.push(this.#fetchLeaves(group, ids, tries));
    await Promise.all(asked);
  }

  close(): void {
    for (const key of this.#peers.keys()) this.#leave(key);
  }

  /** Who turned out to be ourselves by another name, as every pod has one, is left too: half the questions would go nowhere. */
  #leave(key: string): void {
    const peer = this.#peers.get(key);
    this.#peers.delete(key);
    peer?.stop.abort();
    peer?.rpc.close();
  }

  /** Somebody dialled us. */
  accept(link: GossipLink): GossipHandler {
    return this.#handler(this.#meters.metered(link));
  }

  /** The handler of a stream; only those others opened are announced to, and only whom we dialled we know by his address. */
  #handler(link: GossipLink, dialled?: PeerAddress): GossipHandler {
    const { chain, log } = this.#m;
    link.send({ kind: 'hello', hello: this.#m.hello() });
    let isClosed = false;
    return {
      receive: async (message) => {
        // What was still on its way when the stream ended must not bring the link back.
        if (isClosed) return;
        this.#meters.received(message);
        switch (message.kind) {
          case 'hello': {
            const fault = this.#judgeHello(message.hello);
            if (fault !== undefined) link.close(fault);
            if (fault === 'SELF' && dialled !== undefined) this.#leave(dialled.peer);
            if (fault !== undefined) return;
            if (dialled === undefined) this.links.add(link, message.hello.group);
            else if (message.hello.group === this.#m.hello().group)
              this.#introduction.greeted(dialled.peer, message.hello.height);
            return;
          }
          case 'announcement': {
            const { fault } = await chain.takeHeaders([message], link.connection);
            if (fault === undefined) return;
            log.warn({ connection: link.connection, fault }, 'peer announced a wrong header');
            link.close(fault);
            return;
          }
          case 'transactions': {
            const fault = await this.#m.takeTransactions(message.batch, message.forwarded, link.connection);
            if (fault !== undefined) link.close(fault);
          }
        }
      },
      closed: () => {
        isClosed = true;
        this.links.remove(link);
      },
    };
  }

  #judgeHello(theirs: PeerHello): string | undefined {
    const ours = this.#m.hello();
    if (Buffer.compare(theirs.genesisId, ours.genesisId) !== 0) return 'WRONG_NETWORK';
    if (theirs.protocol !== ours.protocol) return 'WRONG_VERSION';
    return Buffer.compare(theirs.nodeId, ours.nodeId) === 0 ? 'SELF' : undefined;
  }

  async #listen(peer: Peer): Promise<void> {
    const { signal } = peer.stop;
    for (let failures = 0; !signal.aborted; failures++) {
      let mine: GossipLink | undefined;
      const startedMs = this.#m.nowMs();
      try {
        await peer.rpc.gossip((opened) => {
          const link = this.#meters.metered(opened);
          mine = link;
          this.#outgoing.set(peer.group, [...(this.#outgoing.get(peer.group) ?? []), link]);
          return this.#handler(link, peer.address);
        }, signal);
      } catch (error) {
        this.#m.log.debug({ peer: peer.address.node, error: String(error) }, 'gossip stream ended');
      }
      this.#outgoing.set(
        peer.group,
        (this.#outgoing.get(peer.group) ?? []).filter((l) => l !== mine),
      );
      if (this.#m.nowMs() - startedMs > REDIAL_MS.at(-1)!) failures = 0;
      await pause(REDIAL_MS[Math.min(failures, REDIAL_MS.length - 1)]!, signal);
    }
  }

  #peersOf(group: number): readonly Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.group === group);
  }

  /** Where this node begins to ask: not where the others do. */
  get #start(): number {
    return this.#m.hello().nodeId[0] ?? 0;
  }

  #stateFetch(): StateFetch {
    const { chain, log, metrics, nowMs } = this.#m;
    return new StateFetch({
      sources: () =>
        this.#peersOf(this.#m.hello().group).map(({ address, rpc }) => ({
          name: `${address.node} (${address.peer})`,
          stateChunks: (request, signal) => rpc.stateChunks(request, signal),
        })),
      take: ({ block, part }, bytes) => chain.takePart(block, part, bytes),
      blame: (peer, fault) => {
        metrics.peers.dropped.inc({ code: fault });
        log.warn({ peer, fault }, 'peer gave a wrong part of a state and is not asked for states for a while');
      },
      failed: (peer, error) => log.debug({ peer, error: String(error) }, 'part of a state not had'),
      nowMs,
      memoryBytes: this.#m.memoryBytes,
      start: () => this.#start,
    });
  }

  async #fetchHeaders(want: HeadersWant, tries: number): Promise<void> {
    const { group, branches } = want;
    const { chain, nowMs } = this.#m;
    const isAsked = ({ address }: Peer): boolean => !this.#tiring.isTiring(group, address.peer, nowMs());
    const all = [...this.#peers.values()].filter(isAsked);
    const peer = anyOf(this.#peersOf(group).filter(isAsked), all, tries, this.#start);
    if (peer === undefined) return;
    const leaf = new Uint8Array(0);
    try {
      const told = await fetchHeaders({
        locator: () => chain.locator(group),
        ask: (locator) =>
          peer.rpc.headers(
            { group, locator, limit: HEADERS_PER_ANSWER, branches },
            { deadlineMs: HEADERS_DEADLINE_MS },
          ),
        take: (headers) =>
          chain.takeHeaders(
            headers.map((h) => ({ header: h.header, witness: h.witness, leaf })),
            peer.address.peer,
          ),
      });
      this.#tiring.note(group, peer.address.peer, told, nowMs());
      // Who knew nothing new is not asked again at once: the next try goes to another.
      if (told.learnt > 0) this.#wants.answered(want);
    } catch (error) {
      this.#m.log.debug({ peer: peer.address.node, group, error: String(error) }, 'headers not had');
    }
  }

  async #fetchBodies(wants: readonly Want[], tries: number): Promise<void> {
    const peer = inTurn(this.#peersOf(this.#m.hello().group), tries + this.#start);
    const ids = wants.flatMap((w) => (w.kind === 'body' ? [w.id] : []));
    if (peer === undefined) return;
    try {
      for await (const { id, body, found } of peer.rpc.blocks(ids)) {
        if (!found) continue;
        const ok = await this.#m.verify(transactionsOf(body));
        await this.#m.chain.takeBody(id, body, ok);
        this.#wants.answered({ kind: 'body', id });
      }
    } catch (error) {
      this.#m.log.debug({ peer: peer.address.node, error: String(error) }, 'bodies not had');
    }
  }

  async #fetchLeaves(group: number, ids: readonly Uint8Array[], tries: number): Promise<void> {
    const peer = inTurn(this.#peersOf(group), tries + this.#start);
    if (peer === undefined) return;
    try {
      for await (const { id, leaf, found } of peer.rpc.batches(this.#m.hello().group, ids)) {
        if (!found) continue;
        await this.#m.chain.takeLeaf(id, leaf);
        this.#wants.answered({ kind: 'leaf', group, id });
      }
    } catch (error) {
      this.#m.log.debug({ peer: peer.address.node, group, error: String(error) }, 'leaves not had');
    }
  }
}

/** By the group that sent them; the tries of those that were asked for most often. */
function leavesByGroup(
  due: readonly { readonly want: Want; readonly tries: number }[],
): Map<number, { ids: Uint8Array[]; tries: number }> {
  const groups = new Map<number, { ids: Uint8Array[]; tries: number }>();
  for (const { want, tries } of due) {
    if (want.kind !== 'leaf') continue;
    const before = groups.get(want.group) ?? { ids: [], tries: 0 };
    groups.set(want.group, { ids: [...before.ids, want.id], tries: Math.max(before.tries, tries) });
  }
  return groups;
}

/** Empty for bytes that are no body: the chain refuses those itself. */
function transactionsOf(body: Uint8Array): readonly Uint8Array[] {
  try {
    return BODY.decode(body).transactions;
  } catch {
    return [];
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
