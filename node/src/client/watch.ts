// Watching a network from outside: one transaction until it is final, or every receipt of a group through restarts.
import { setTimeout as delay } from 'node:timers/promises';
import type { Cursor, LogEvent, LogFilter, TransactionView } from '../rpc/backend.ts';
import { type Connection, isSilence } from './connection.ts';
import { isFinal, RelayTree, ranOf, type TreeView } from './tree.ts';

const MIN_POLL_MS = 50;
const MAX_POLL_MS = 1_000;
const RESUME_PAUSE_MS = 200;
/** A group that is silent for one look does not stop the others from being seen. */
const LOOK_PATIENCE_MS = 1_000;

/** Every block of a group after `cursor` (from the tip on without one); goes on where it was when a node goes away. */
export async function* followLogs(
  connection: Connection,
  group: number,
  options: { readonly cursor?: Cursor; readonly filter?: LogFilter; readonly signal: AbortSignal },
): AsyncGenerator<LogEvent, void, undefined> {
  const { filter = {}, signal } = options;
  let { cursor } = options;
  while (!signal.aborted) {
    const node = connection.node(group);
    try {
      for await (const event of node.watchLogs(cursor, filter, signal)) {
        cursor = { height: event.height, id: event.id };
        yield event;
      }
    } catch (error) {
      if (!isSilence(error)) throw error;
      connection.skip(group, node);
    }
    await delay(RESUME_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A transaction as all groups together see it now. */
export interface Sight {
  readonly view: TreeView;
  readonly tree: RelayTree;
  /** Empty when no group has its bytes. */
  readonly bytes: Uint8Array;
  readonly groups: readonly TransactionView[];
}

/** What the sender of a transaction knows: enough to tell an expired one from one that nobody has heard of. */
export interface Origin {
  readonly validUntilMs: number;
  /** Its address, 36 bytes. */
  readonly sender: Uint8Array;
}

/** Looks once. */
export async function lookAt(connection: Connection, id: Uint8Array, origin?: Origin): Promise<Sight> {
  const patience = { patienceMs: LOOK_PATIENCE_MS };
  const answers = await Promise.all(
    connection.groups.map((group) =>
      connection
        .ask(group, (node) => node.getTransaction(id, { deadlineMs: LOOK_PATIENCE_MS }), patience)
        .catch((error: unknown) => {
          if (isSilence(error)) return undefined;
          throw error;
        }),
    ),
  );
  const groups = answers.filter((answer) => answer !== undefined);
  const tree = new RelayTree(id);
  const tips = new Map<number, number>();
  for (const { group, tip, receipts } of groups) {
    tips.set(group, tip.height);
    for (const { receipt, height, timestampMs } of receipts)
      tree.add({ ...ranOf(receipt, 0, group, height), timestampMs });
  }
  const view = tree.view(connection.network.confirmations, (group) => tips.get(group) ?? 0);
  const bytes = groups.find(({ transaction }) => transaction.length > 0)?.transaction ?? new Uint8Array(0);
  return { view: isExpired(connection, groups, origin) ? { ...view, state: 'Expired' } : view, tree, bytes, groups };
}

/** No block after this time may hold it, and the group it begins in has none that does. */
function isExpired(connection: Connection, groups: readonly TransactionView[], origin: Origin | undefined): boolean {
  if (origin === undefined || groups.some(({ place }) => place === 'block')) return false;
  const home = groups.find(({ group }) => group === connection.ownerOf(origin.sender));
  return home !== undefined && home.tip.timestampMs > origin.validUntilMs;
}

/** What changes about a transaction until nothing can change any more. */
export async function* watchTransaction(
  connection: Connection,
  id: Uint8Array,
  options: { readonly origin?: Origin; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Sight, void, undefined> {
  const { signal } = options;
  const pollMs = Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, connection.network.blockIntervalMs / 4));
  let last = '';
  while (signal?.aborted !== true) {
    const sight = await lookAt(connection, id, options.origin);
    const { state, ran, known } = sight.view;
    const key = `${state} ${ran}/${known}`;
    if (key !== last) yield sight;
    if (isFinal(state)) return;
    last = key;
    await delay(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
