// A block's bytes as a person reads them. It judges nothing: what a node serves it has executed.

import { transactionId } from '@rexnet/node/chain/transaction.ts';
import { ranOf } from '@rexnet/node/client/tree.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { BODY, HEADER, RECEIPT_BYTES } from '@rexnet/node/core/layouts.ts';
import type { BlockReport } from './network.ts';

export type BlockBytes = { readonly header: Uint8Array; readonly body: Uint8Array; readonly receipts: Uint8Array };

export function blockReport({ header: headerBytes, body, receipts }: BlockBytes): BlockReport {
  const header = HEADER.decode(headerBytes);
  const transactions =
    body.length === 0 ? [] : BODY.decode(body).transactions.map((bytes) => toHex(transactionId(bytes)));
  let gas = 0n;
  for (let at = 0; at < receipts.length; at += RECEIPT_BYTES)
    gas += ranOf(receipts, at, header.group, header.height).gas;
  return {
    id: toHex(blockId(headerBytes)),
    group: header.group,
    height: header.height,
    parentId: toHex(header.parent),
    timestampMs: header.timestampMs,
    epoch: header.epoch,
    stateRoot: toHex(header.stateRoot),
    reads: header.reads.map(({ group, height, id }) => ({ group, height, id: toHex(id) })),
    transactions,
    receipts: receipts.length / RECEIPT_BYTES,
    gas,
  };
}
