// Adds up the money of a running network: asks its nodes for their tips, for the few headers below them that a closed cut
// needs, and for totals. It walks no chain and recounts no cells.
import type { Connection } from '@rexnet/node/client/connection.ts';
import { blockId } from '@rexnet/node/consensus/header.ts';
import { equalBytes } from '@rexnet/node/core/bytes.ts';
import { type Genesis, HEADER, type Header, TOTALS, type Totals } from '@rexnet/node/core/layouts.ts';
import { auditClosedCut } from './closed-cut.ts';
import type { AuditReport } from './network.ts';

/** Headers asked for at once, downwards from the tip. */
const HEADERS_PER_CALL = 32;
/** Chains move while they are asked: what does not add up is looked at again. */
const ATTEMPTS = 3;

/** A block that was there a moment ago is not any more. */
class ChainMoved extends Error {}

export async function auditNetwork(
  connection: Connection,
  groups: readonly number[],
  genesis: Genesis,
): Promise<AuditReport> {
  for (let attempt = 1; ; attempt++) {
    try {
      const report = await auditOnce(connection, groups, genesis);
      if (report.clean || attempt === ATTEMPTS) return report;
    } catch (error) {
      if (!(error instanceof ChainMoved) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function auditOnce(connection: Connection, groups: readonly number[], genesis: Genesis): Promise<AuditReport> {
  const chains = new Map(
    await Promise.all(groups.map(async (group) => [group, await Chain.of(connection, group, groups)] as const)),
  );
  const totals = new TotalsAsked(connection);
  const source = {
    tips: new Map([...chains].map(([group, { tip }]) => [group, tip])),
    readAt: (group: number, height: number) => chains.get(group)!.readAt(height),
    totalsAt: (group: number, height: number) => totals.at(group, height),
    reaches: () => true,
  };
  return auditClosedCut(source, genesis);
}

/** The newest part of one group's chain, as much of it as was asked for. */
class Chain {
  readonly tip: number;
  readonly #connection: Connection;
  readonly #group: number;
  readonly #others: readonly number[];
  /** What the tip has read, by its node's own account. */
  readonly #atTip: ReadonlyMap<number, number>;
  readonly #tipId: Uint8Array;
  readonly #headers = new Map<number, Header>();

  private constructor(
    connection: Connection,
    group: number,
    others: readonly number[],
    tip: { readonly height: number; readonly id: Uint8Array; readonly read: ReadonlyMap<number, number> },
  ) {
    this.#connection = connection;
    this.#group = group;
    this.#others = others;
    this.tip = tip.height;
    this.#tipId = tip.id;
    this.#atTip = tip.read;
  }

  static async of(connection: Connection, group: number, groups: readonly number[]): Promise<Chain> {
    const status = await connection.ask(group, (node) => node.status());
    const read = status.groups
      .filter((each) => each.group !== group)
      .map((each) => [each.group, each.readHeight] as const);
    const others = groups.filter((each) => each !== group);
    return new Chain(connection, group, others, { ...status.tip, read: new Map(read) });
  }

  /** What a block has read is the newest read of every group in it or before it: a few headers tell. */
  async readAt(height: number): Promise<ReadonlyMap<number, number>> {
    if (height === this.tip) return this.#atTip;
    const found = new Map<number, number>();
    const isRecent = await this.#readsSince(height);
    for (const other of this.#others) {
      const atTip = this.#atTip.get(other);
      // Nothing of it was read since, so what the tip has read was read by then.
      if (atTip !== undefined && !isRecent.has(other)) found.set(other, atTip);
    }
    for (let at = height; at > 0 && this.#others.some((other) => !found.has(other)); at--) {
      for (const read of (await this.#header(at)).reads) if (!found.has(read.group)) found.set(read.group, read.height);
    }
    return found;
  }

  /** Groups that blocks above `height` have read. */
  async #readsSince(height: number): Promise<ReadonlySet<number>> {
    const groups = new Set<number>();
    for (let at = this.tip; at > height; at--)
      for (const { group } of (await this.#header(at)).reads) groups.add(group);
    return groups;
  }

  async #header(height: number): Promise<Header> {
    const known = this.#headers.get(height);
    if (known !== undefined) return known;
    const fromHeight = Math.max(1, height - HEADERS_PER_CALL + 1);
    const limit = height - fromHeight + 1;
    const group = this.#group;
    const records = await this.#connection.ask(group, (node) => node.getHeaders({ group, fromHeight, limit }));
    const above = this.#headers.get(height + 1);
    const parent = above === undefined ? this.#tipId : above.parent;
    const newest = records.at(-1)?.header;
    if (newest === undefined || !equalBytes(blockId(newest), parent)) {
      throw new ChainMoved(`group ${group} has left block ${height} while it was audited; try again`);
    }
    for (const record of records) {
      const header = HEADER.decode(record.header);
      this.#headers.set(header.height, header);
    }
    return this.#headers.get(height)!;
  }
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
