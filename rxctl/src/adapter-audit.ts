// Adds up the money of all groups over a closed cut: one block of each group such that none has read beyond another's.
// Asks for headers and totals only; recounts no cells.
import { type AuditFinding, auditCut, type CutGroup } from '@rexnet/node/chain/audit.ts';
import { supplyOf } from '@rexnet/node/chain/genesis.ts';
import type { Connection } from '@rexnet/node/client/connection.ts';
import { formatAmount } from '@rexnet/node/core/amount.ts';
import { type Genesis, HEADER, TOTALS, type Totals } from '@rexnet/node/core/layouts.ts';
import type { AuditReport } from './network.ts';

/** Headers asked for at once. */
const HEADERS_PER_CALL = 128;

/** Heights a group's chain has read of every other, at each height of a window that ends at its tip. */
type Cursors = {
  readonly group: number;
  height: number;
  readonly at: ReadonlyMap<number, ReadonlyMap<number, number>>;
};

export async function auditNetwork(
  connection: Connection,
  groups: readonly number[],
  genesis: Genesis,
): Promise<AuditReport> {
  const cursors = await Promise.all(groups.map((group) => cursorsOf(connection, group)));
  closeCut(cursors);
  const totals = new TotalsAsked(connection);
  const cut = await Promise.all(
    cursors.map(async ({ group, height, at }): Promise<CutGroup> => {
      const read = [...(at.get(height) ?? [])].sort(([left], [right]) => left - right);
      const sources = await Promise.all(
        read.map(async ([source, sourceHeight]) => ({
          group: source,
          height: sourceHeight,
          totals: await totals.at(source, sourceHeight),
        })),
      );
      return { group, height, totals: await totals.at(group, height), sources };
    }),
  );
  return reportOf(cut, genesis);
}

function reportOf(cut: readonly CutGroup[], genesis: Genesis): AuditReport {
  const findings = auditCut(cut, { supply: supplyOf(genesis), blockReward: genesis.blockReward });
  const heldMsat = cut.reduce((sum, { totals }) => sum + totals.held, 0n);
  const burntMsat = cut.reduce((sum, { totals }) => sum + totals.burnt, 0n);
  const supplyMsat = supplyOf(genesis) + genesis.blockReward * BigInt(cut.reduce((sum, { height }) => sum + height, 0));
  return {
    clean: findings.length === 0,
    problems: findings.map(describe),
    cut: cut.map(({ group, height }) => ({ group, height })),
    supplyMsat,
    heldMsat,
    burntMsat,
    inFlightMsat: supplyMsat - heldMsat - burntMsat,
  };
}

function describe(finding: AuditFinding): string {
  if (finding.kind === 'supply')
    return `there is ${formatAmount(finding.found)} (${finding.found} msat), but there should be ${finding.expected} msat`;
  return `group ${finding.group} received ${finding.received} msat from group ${finding.source}, which had sent ${finding.sent} msat`;
}

/** Steps back until nobody has read beyond another's block of the cut. It ends: every step lowers one height, and genesis has read nothing. */
function closeCut(cursors: readonly Cursors[]): void {
  const heights = new Map(cursors.map((each) => [each.group, each]));
  let isClosed = false;
  while (!isClosed) {
    isClosed = true;
    for (const each of cursors) {
      while (
        [...(each.at.get(each.height) ?? [])].some(([source, height]) => height > (heights.get(source)?.height ?? 0)) &&
        each.height > 0
      ) {
        each.height--;
        isClosed = false;
      }
    }
  }
}

/** Walks a group's headers from genesis to its tip: what a block has read is the sum of all reads up to it. */
async function cursorsOf(connection: Connection, group: number): Promise<Cursors> {
  const at = new Map<number, ReadonlyMap<number, number>>([[0, new Map()]]);
  const { tip } = await connection.ask(group, (node) => node.status());
  let height = 0;
  let newest: ReadonlyMap<number, number> = new Map();
  while (height < tip.height) {
    const fromHeight = height + 1;
    const records = await connection.ask(group, (node) =>
      node.getHeaders({ group, fromHeight, limit: HEADERS_PER_CALL }),
    );
    if (records.length === 0) break;
    for (const { header: bytes } of records) {
      const header = HEADER.decode(bytes);
      if (header.reads.length > 0)
        newest = new Map([...newest, ...header.reads.map((read) => [read.group, read.height] as const)]);
      height = header.height;
      at.set(height, newest);
    }
  }
  return { group, height: Math.min(height, tip.height), at };
}

/** Many groups have read the same block of one source: its totals are asked for once. */
class TotalsAsked {
  readonly #connection: Connection;
  readonly #asked = new Map<string, Promise<Totals>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  at(group: number, height: number): Promise<Totals> {
    const key = `${group}@${height}`;
    const asked =
      this.#asked.get(key) ??
      this.#connection.ask(group, async (node) => TOTALS.decode((await node.getTotals(height)).totals));
    this.#asked.set(key, asked);
    return asked;
  }
}
