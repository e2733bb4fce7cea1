// What a run must not break, judged at its end: no relay lost or doubled, balances as the completed transactions imply, supply as
// it was. Asks through the network port until the answer is right or patience is over.
import type { Clock } from './chains.ts';
import { digestOf, type Standing, standings } from './holdings.ts';
import type { Model } from './model.ts';
import type { LoadNetwork } from './network.ts';
import { type PrepareParts, type Ready, supplyOf } from './prepare.ts';
import type { Gates } from './report.ts';

/** Trees that began and are not whole. */
export interface Unwhole {
  /** While their groups have had nothing of this run to do for some blocks: these relays are gone. */
  readonly lost: number;
  /** While something still runs. */
  readonly underWay: number;
}

export interface GateParts {
  readonly facts: Pick<PrepareParts, 'spec' | 'genesis'> & { readonly network: LoadNetwork; readonly clock: Clock };
  readonly ready: Ready;
  readonly model: Model;
  readonly unwhole: Unwhole;
  readonly doubled: number;
}

/** The node asked may be a block behind the one watched. */
const COMPARISONS = 6;
const COMPARE_AGAIN_MS = 1_000;
const MATCH = 'match';
const CONSERVED = 'conserved';

export async function judgeGates(parts: GateParts): Promise<Gates> {
  const { unwhole, doubled, model } = parts;
  const { lost, underWay } = unwhole;
  const compared = await compare(parts).catch((error: unknown): Compared => {
    const why = `not compared: ${error instanceof Error ? error.message : String(error)}`;
    return { balances: why, supply: why, after: undefined };
  });
  const { balances, supply, after } = compared;
  const isBroken = lost > 0 || doubled > 0 || isDifference(balances, MATCH) || isDifference(supply, CONSERVED);
  const isJudged = underWay === 0 && balances === MATCH && (supply === CONSERVED || parts.ready.supply === undefined);
  return {
    passed: !isBroken,
    judged: isJudged && model.isCertain,
    supply,
    lost,
    underWay,
    doubled,
    balances,
    balancesChecked: balances.startsWith(UNKNOWN) ? 0 : model.certain,
    ...(after !== undefined && model.isCertain ? { balancesDigest: digestOf(parts.ready.standings, after) } : {}),
  };
}

const UNKNOWN = 'not compared';

function isDifference(text: string, good: string): boolean {
  return text !== good && !text.startsWith(UNKNOWN);
}

interface Compared {
  readonly balances: string;
  readonly supply: string;
  /** What accounts hold now. */
  readonly after: readonly Standing[] | undefined;
}

async function compare(parts: GateParts): Promise<Compared> {
  const { facts, ready, model } = parts;
  const { network, clock } = facts;
  const names = ready.accounts.map(({ name }) => name);
  for (let round = 1; ; round++) {
    const after = await standings(network, ready.accounts, ready.book);
    const difference = model.firstDifference(after, names);
    const supplyNow = ready.supply === undefined ? undefined : await supplyOf(facts, ready.book, after);
    const isSupplySame = supplyNow === ready.supply;
    if ((difference === undefined && isSupplySame) || round === COMPARISONS) {
      return {
        balances: balancesOf(difference, model),
        supply: supplyText(ready.supply, supplyNow),
        after,
      };
    }
    await clock.sleep(COMPARE_AGAIN_MS);
  }
}

function balancesOf(difference: string | undefined, model: Model): string {
  if (difference !== undefined) return difference;
  return model.certain === 0 ? `${UNKNOWN}: every account has a transaction under way` : MATCH;
}

function supplyText(before: bigint | undefined, now: bigint | undefined): string {
  if (before === undefined) return `${UNKNOWN}: there is nothing to compare but the balances`;
  return before === now ? CONSERVED : `the supply is ${now} tokens, it was ${before}`;
}
