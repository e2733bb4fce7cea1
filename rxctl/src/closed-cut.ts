// Finds a closed cut, one block of every group such that none has read beyond another's, and adds up the money over it.
// Where heights, cursors and totals come from is its caller's.
import { type AuditFinding, auditCut, type CutGroup } from '@rexnet/node/chain/audit.ts';
import { supplyOf } from '@rexnet/node/chain/genesis.ts';
import { formatAmount } from '@rexnet/node/core/amount.ts';
import type { Genesis, Totals } from '@rexnet/node/core/layouts.ts';
import type { AuditReport } from './network.ts';

/** What is known of the groups' chains. */
export type CutSource = {
  /** Tip heights by group, ascending by group. */
  readonly tips: ReadonlyMap<number, number>;
  /** Height of the newest block of each other group that the chain of `group` had read at `height`. */
  readonly readAt: (group: number, height: number) => Promise<ReadonlyMap<number, number>>;
  readonly totalsAt: (group: number, height: number) => Promise<Totals>;
  /** Whether totals of so old a block can still be asked for. */
  readonly reaches: (group: number, height: number) => boolean;
};

export async function auditClosedCut(source: CutSource, genesis: Genesis): Promise<AuditReport> {
  const heights = await closeCut(source);
  const cut = await Promise.all([...heights].map(([group, height]) => cutGroup(source, group, height)));
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

export function cutText({ clean, cut, problems, ...sums }: AuditReport): string {
  const at = cut.map(({ group, height }) => `${group}@${height}`).join(' ');
  const line = `supply ${formatAmount(sums.supplyMsat)} = held ${formatAmount(sums.heldMsat)} + in flight ${formatAmount(sums.inFlightMsat)} + burnt ${formatAmount(sums.burntMsat)}`;
  return [clean ? `clean at ${at}` : `NOT clean at ${at}`, line, ...problems].join('\n');
}

async function cutGroup(source: CutSource, group: number, height: number): Promise<CutGroup> {
  const read = [...(await source.readAt(group, height))]
    .filter(([other, otherHeight]) => source.reaches(other, otherHeight))
    .sort(([left], [right]) => left - right);
  const sources = await Promise.all(
    read.map(async ([other, otherHeight]) => ({
      group: other,
      height: otherHeight,
      totals: await source.totalsAt(other, otherHeight),
    })),
  );
  return { group, height, totals: await source.totalsAt(group, height), sources };
}

/** Steps back until nobody has read beyond another's block of the cut. It ends: every step lowers one height, and genesis has read nothing. */
async function closeCut({ tips, readAt }: CutSource): Promise<ReadonlyMap<number, number>> {
  const heights = new Map(tips);
  let isClosed = false;
  while (!isClosed) {
    isClosed = true;
    for (const [group, tip] of heights) {
      let height = tip;
      while (height > 0 && readsBeyond(await readAt(group, height), heights)) height--;
      if (height === tip) continue;
      heights.set(group, height);
      isClosed = false;
    }
  }
  return heights;
}

function readsBeyond(read: ReadonlyMap<number, number>, heights: ReadonlyMap<number, number>): boolean {
  return [...read].some(([group, height]) => height > (heights.get(group) ?? 0));
}

function describe(finding: AuditFinding): string {
  if (finding.kind === 'supply')
    return `there is ${formatAmount(finding.found)} (${finding.found} msat), but there should be ${finding.expected} msat`;
  return `group ${finding.group} received ${finding.received} msat from group ${finding.source}, which had sent ${finding.sent} msat`;
}
