// Reads what `rxctl bench scale` left, for the pane that draws it. A file that is not there or is none of these is no curve.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../local/files.ts';
import type { ScalingSight } from './source.ts';

/** Where a bench with `--out DIR` leaves its verdict. */
export const VERDICT_FILE = 'scale.json';
const POINTS_MAX = 64;

/** A folder or the file itself; read again only when it changed. */
export class ScalingFile {
  readonly #path: string;
  #stampMs = -1;
  #scaling: ScalingSight | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  look(): ScalingSight | undefined {
    const isFolder = existsSync(this.#path) && statSync(this.#path).isDirectory();
    const file = isFolder ? join(this.#path, VERDICT_FILE) : this.#path;
    const stampMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (stampMs === undefined) return undefined;
    if (stampMs !== this.#stampMs) {
      this.#stampMs = stampMs;
      this.#scaling = parseScaling(readIfThere(file) ?? '');
    }
    return this.#scaling;
  }
}

/** The JSON a bench ends with. */
export function parseScaling(text: string): ScalingSight | undefined {
  const value = objectOf(text);
  const found = value?.['points'];
  if (value === undefined || !Array.isArray(found)) return undefined;
  const points = found.slice(0, POINTS_MAX).flatMap((point: unknown) => {
    const { groups, tps, efficiency, valid } = (point ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof groups !== 'number' || typeof tps !== 'number') return [];
    return [{ groups, tps, efficiency: typeof efficiency === 'number' ? efficiency : 0, isValid: valid !== false }];
  });
  const { verdict, slope } = value;
  return {
    ...(typeof verdict === 'string' ? { verdict } : {}),
    ...(typeof slope === 'number' ? { slope } : {}),
    points: points.sort((a, b) => a.groups - b.groups),
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
