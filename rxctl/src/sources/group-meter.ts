// What one node of each group says of it under /metrics: partitions, lag behind every other group, and rates from two looks.
import { RateWindow } from '@rexnet/operator/ask/rates.ts';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import type { NodeAnswer } from '../network.ts';
import type { Figures } from './metrics-text.ts';
import type { Scraper } from './scrape.ts';
import type { GroupSight, Snapshot } from './source.ts';

const READ_LAG = 'rexnet_chain_read_lag_blocks';
const FIGURES = {
  blocks: 'rexnet_chain_blocks_total',
  transactions: 'rexnet_chain_transactions_total',
  invocations: 'rexnet_chain_invocations_total',
  gas: 'rexnet_chain_gas_total',
  partitions: 'rexnet_chain_partitions',
  reorganisations: 'rexnet_chain_reorganisations_total',
  stateBytes: 'rexnet_chain_state_bytes',
  stateCells: 'rexnet_chain_state_cells',
} as const;
const WANTED: ReadonlySet<string> = new Set([...Object.values(FIGURES), READ_LAG]);

export type GroupCounters = {
  readonly figures: Partial<GroupSight>;
  /** In the order of the plan's groups. */
  readonly lag: Snapshot['lag'][number];
};

export class GroupMeter {
  readonly #scraper: Scraper;
  readonly #windows = new Map<number, RateWindow>();

  constructor(scraper: Scraper) {
    this.#scraper = scraper;
  }

  /** Groups of which nobody answers are left out. */
  async look(
    { groups, genesis: { chain } }: Pick<Plan, 'groups' | 'genesis'>,
    answers: readonly NodeAnswer[],
    addressOf: (node: string) => string | Promise<string>,
    atMs: number,
  ): Promise<ReadonlyMap<number, GroupCounters>> {
    const ids = groups.map(({ group }) => group);
    const found = await Promise.all(
      ids.map(async (group) => {
        const highest = answers
          .filter((answer) => answer.group === group)
          .toSorted((a, b) => b.height - a.height || (a.node < b.node ? -1 : 1))[0];
        const figures =
          highest === undefined ? undefined : await this.#scraper.scrape(await addressOf(highest.node), WANTED);
        if (highest === undefined || figures === undefined) return [];
        const lag = ids.map((source) => lagOf(figures, group, source, chain.confirmations));
        const rates = this.#rates(group, highest, figures, atMs, Number(chain.blockGas));
        const known = lag.filter((blocks) => blocks !== null);
        return [
          [
            group,
            {
              lag,
              figures: {
                ...standing(figures),
                ...rates,
                ...(known.length === 0 ? {} : { lagBlocks: Math.max(...known) }),
              },
            },
          ] as const,
        ];
      }),
    );
    return new Map(found.flat());
  }

  #rates(
    group: number,
    { node, height, tipTimestampMs }: NodeAnswer,
    figures: Figures,
    atMs: number,
    blockGas: number,
  ): Partial<GroupSight> {
    const window = this.#windows.get(group) ?? new RateWindow();
    this.#windows.set(group, window);
    const [blocks = 0, transactions = 0, invocations = 0, gas = 0] = [
      figures.get(FIGURES.blocks),
      figures.get(FIGURES.transactions),
      figures.get(FIGURES.invocations),
      figures.get(FIGURES.gas),
    ];
    const rates = window.look({ atMs, node, height, tipMs: tipTimestampMs, blocks, transactions, invocations, gas });
    return rates === undefined ? {} : { tps: rates.tps, utps: rates.utps, gasShare: rates.gasPerBlock / blockGas };
  }
}

function standing(figures: Figures): Partial<GroupSight> {
  const names = ['partitions', 'reorganisations', 'stateBytes', 'stateCells'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = figures.get(FIGURES[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A source's newest `confirmations` blocks may not be read yet: they are no lag. */
function lagOf(figures: Figures, group: number, source: number, confirmations: number): number | null {
  const unread = group === source ? undefined : figures.get(`${READ_LAG}{source="${source}"}`);
  return unread === undefined ? null : Math.max(0, unread - confirmations);
}
