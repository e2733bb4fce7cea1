// Changes one amount in a data folder nobody uses, as no node would: what an audit must find. Meant for copies.
import { entriesOf, keyOfCell, LEDGER_SCOPE, ledgerScopeOf } from '../../chain/cell-entries.ts';
import { formatAddress } from '../../core/address.ts';
import { viewOf } from '../../core/bytes.ts';
import { BLOCK_DIFF, HEADER } from '../../core/layouts.ts';
import { ChainStore } from '../../store/chain-store.ts';
import { identityOf } from '../../store/database.ts';

export interface ChangedAccount {
  readonly height: number;
  /** Text form of its address. */
  readonly account: string;
  readonly storedMsat: bigint;
  readonly rightMsat: bigint;
}

/** Gives an account more in the newest stored diff that writes one. */
export async function enrichStoredDiff(dir: string, moreMsat = 1n): Promise<ChangedAccount> {
  const store = new ChainStore(dir, identityOf(dir));
  try {
    const tip = store.tip();
    for (let at = tip; at !== undefined && at.height > 0; ) {
      const diff = Uint8Array.from(store.diff(at.id)!);
      const changed = enrich(diff, moreMsat);
      if (changed !== undefined) {
        const { id, height } = at;
        const [body, undo, receipts, totals, outbox] = [
          store.body(id)!,
          store.undo(id)!,
          store.receipts(id)!,
          store.totals(id)!,
          store.outbox(id)!,
        ];
        store.commit(() => {
          store.putExecuted({ height, id, body, outcome: { diff, undo, receipts, totals, outbox } });
          store.putTip(tip!);
        });
        return { height, ...changed };
      }
      at = { height: at.height - 1, id: HEADER.decode(store.header(at.id, at.height)!).parent };
    }
    throw new Error(`no block of ${dir} writes an account`);
  } finally {
    await store.close();
  }
}

/** Changes `diff` in place. */
function enrich(diff: Uint8Array, moreMsat: bigint): Omit<ChangedAccount, 'height'> | undefined {
  for (const { cells } of BLOCK_DIFF.decode(diff).parts) {
    for (const { id, value } of entriesOf(cells)) {
      if (value === undefined || ledgerScopeOf(id) !== LEDGER_SCOPE.account) continue;
      const view = viewOf(value);
      const rightMsat = view.getBigUint64(8, true);
      const storedMsat = rightMsat + moreMsat;
      view.setBigUint64(8, storedMsat, true);
      return { account: formatAddress(keyOfCell(id)), storedMsat, rightMsat };
    }
  }
  return undefined;
}
