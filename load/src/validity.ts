// When a run's figures say more about the generator than about the network. Pure; other limits, such as the machine's, are the
// verdict's to find.
import type { GeneratorFigures } from './report.ts';

const SENT_SHARE_MIN = 0.99;
const LATE_SHARE_MAX = 0.01;
/** Of a block interval: what is measured is of that order. */
const LAG_INTERVALS_MAX = 0.25;
const LAG_MIN_MS = 100;

/** The first reason why the generator was the limit. */
export function whyInvalid(figures: GeneratorFigures, blockIntervalMs: number): string | undefined {
  const { sentOverOffered, lateShare, loopLagP99Ms } = figures;
  if (sentOverOffered < SENT_SHARE_MIN)
    return `the generator was too slow: it sent ${percent(sentOverOffered)} of what was due`;
  if (lateShare > LATE_SHARE_MAX)
    return `the generator was too slow: it sent ${percent(lateShare)} of its transactions more than 1 s late`;
  const lagMaxMs = Math.max(LAG_MIN_MS, LAG_INTERVALS_MAX * blockIntervalMs);
  if (loopLagP99Ms > lagMaxMs)
    return `the generator was too slow: its event loop was ${loopLagP99Ms} ms late (p99), more than ${lagMaxMs} ms`;
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
