// Holds a body's batches against the headers of the blocks they come from. A body that fails is simply not the body of
// this header: it says nothing about the block.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import type { ProvenLeaf } from '../core/layouts.ts';
import type { ReadyBody } from './block-store.ts';
import type { LeafCheck } from './inbox.ts';
import type { ChainState, SourceBlock } from './ports.ts';

/** The body ready for execution, or undefined when it is not this header's. */
export function checkBody(
  state: Pick<ChainState, 'readBody'>,
  entry: HeaderEntry,
  bytes: Uint8Array,
  checkLeaf: LeafCheck,
): ReadyBody | undefined {
  const body = state.readBody(entry.header, bytes);
  if (body === undefined || body.batches.length !== entry.readingOrder.length) return undefined;
  const leaves = new Map<HeaderEntry, ProvenLeaf>();
  for (const [i, source] of inBodyOrder(entry.readingOrder).entries()) {
    const proven = body.batches[i]!;
    if (!checkLeaf(source, proven)) return undefined;
    leaves.set(source, proven);
  }
  return {
    body,
    bytes,
    sources: entry.readingOrder.map((source) => sourceBlock(source, leaves.get(source)!, entry.group)),
  };
}

/** Ascending by group, then height: how a body lists batches. */
function inBodyOrder(order: readonly HeaderEntry[]): HeaderEntry[] {
  return order.slice().sort((a, b) => a.group - b.group || a.height - b.height);
}

export function sourceBlock(source: HeaderEntry, proven: ProvenLeaf, reader: number): SourceBlock {
  return {
    group: source.group,
    height: source.height,
    id: source.id,
    epoch: source.header.epoch,
    seen: source.cursor(reader)?.height ?? 0,
    outboxRoot: source.header.outboxRoot,
    leaf: proven.leaf,
    path: proven.path,
  };
}
