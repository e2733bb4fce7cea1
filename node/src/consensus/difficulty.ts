// The target a block must carry, from its parent and grandparent alone. It keeps no anchor and knows no clock.
import type { Genesis } from '../core/layouts.ts';
import { bitsFromTarget, TARGET_MAX, targetFromBits } from './target.ts';

export const DIFFICULTY = { floor: 0, asert: 1 } as const;

export type DifficultyParams = Pick<Genesis, 'difficulty' | 'floorTarget' | 'halfLifeMs' | 'blockIntervalMs'>;

/** What the rule reads of a header. */
export interface Timed {
  readonly timestampMs: number;
  readonly target: number;
}

/** First height whose parent and grandparent are both mined blocks: a genesis timestamp says nothing about a hash rate. */
const FIRST_ADJUSTED_HEIGHT = 3;

/** Compact target of the block at `height` on `parent`; `grandparent` is needed from height 3 on. */
export function nextTarget(
  params: DifficultyParams,
  height: number,
  parent: Timed,
  grandparent: Timed | undefined,
): number {
  if (params.difficulty === DIFFICULTY.floor || height < FIRST_ADJUSTED_HEIGHT) return params.floorTarget;
  if (grandparent === undefined) throw new Error(`no grandparent at height ${height}`);
  const parentTarget = expand(parent.target);
  const floor = expand(params.floorTarget);
  const spacingMs = parent.timestampMs - grandparent.timestampMs;
  const target = scale(parentTarget, exponent16(spacingMs, params));
  return target >= floor ? params.floorTarget : bitsFromTarget(target);
}

/** (spacing − 5/4 · interval) / half-life in 16.16 fixed point, cut towards zero. */
function exponent16(spacingMs: number, params: DifficultyParams): bigint {
  const quarters = 4n * BigInt(spacingMs) - 5n * BigInt(params.blockIntervalMs);
  return (quarters * 65_536n) / (4n * BigInt(params.halfLifeMs));
}

/** target · 2^(exponent / 65536), the fraction by the cubic of aserti3-2d (error below 0.013 %). */
function scale(target: bigint, exponent: bigint): bigint {
  const shifts = exponent >> 16n;
  const fraction = exponent & 0xffffn;
  const factor =
    65_536n +
    ((195_766_423_245_049n * fraction +
      971_821_376n * fraction * fraction +
      5_127n * fraction * fraction * fraction +
      (1n << 47n)) >>
      48n);
  // 2^256 half-lives either way lie far outside every target: cut before shifting by what a timestamp dictates.
  if (shifts > 256n) return TARGET_MAX;
  if (shifts < -512n) return 1n;
  const scaled = target * factor;
  const result = shifts >= 16n ? scaled << (shifts - 16n) : scaled >> (16n - shifts);
  if (result < 1n) return 1n;
  return result > TARGET_MAX ? TARGET_MAX : result;
}

function expand(bits: number): bigint {
  const target = targetFromBits(bits);
  if (target === undefined) throw new Error(`a known header carries an impossible target ${bits}`);
  return target;
}
