// Which logs and which of their lines somebody asked for. Pure: names and texts in, predicates out, refusals with a cure.
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { suggest } from '@rexnet/operator/api/suggest.ts';
import { CliError, EXIT } from './exit.ts';
import type { LogLine } from './log-lines.ts';

const COMPONENTS = ['node', 'miner', 'bitcoind', 'load', 'contracts', 'rxctl'] as const;

export type LogLabels = { readonly group?: number; readonly component: string };

/** `g2-n0` is a node of group 2, `miner-0` a miner; everything else is a component of its own. */
export function labelsOf(object: string): LogLabels {
  const node = /^g([0-9]+)-n[0-9]+$/.exec(object);
  if (node !== null) return { group: Number(node[1]), component: 'node' };
  return { component: object.replace(/-[0-9]+$/, '') };
}

/** The logs meant by names and selectors; all when there are neither. */
export function chooseLogs(
  known: readonly string[],
  names: readonly string[],
  selectors: readonly string[],
): readonly string[] {
  if (known.length === 0)
    throw new CliError(
      EXIT.notReachable,
      'nothing has run yet that would write a log',
      'rxctl why says what it waits for',
    );
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = suggest(unknown, known);
    throw new CliError(
      EXIT.usage,
      `there is no log of ${unknown}`,
      meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`,
    );
  }
  const wanted = selectors.flatMap((text) => text.split(',')).map(parseSelector);
  const chosen = (names.length === 0 ? known : names).filter((object) =>
    wanted.every((matches) => matches(labelsOf(object))),
  );
  if (chosen.length === 0)
    throw new CliError(EXIT.usage, `no log has ${selectors.join(',')}`, `there are ${known.join(', ')}`);
  return chosen;
}

function parseSelector(text: string): (labels: LogLabels) => boolean {
  const [key = '', value = '', ...rest] = text.split('=');
  if (rest.length === 0 && key === 'group' && /^[0-9]{1,6}$/.test(value)) return ({ group }) => group === Number(value);
  if (rest.length === 0 && key === 'component' && COMPONENTS.some((component) => component === value))
    return ({ component }) => component === value;
  throw new CliError(
    EXIT.usage,
    `-l ${text} is no selector`,
    `write -l group=2 or -l component=${COMPONENTS.join('|')}`,
  );
}

/** The moment that `--since` names: a duration before now, or a date. */
export function parseSince(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return nowMs - durationMs;
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new CliError(
      EXIT.usage,
      `--since ${text} is neither a duration nor a date`,
      'write 5m or 2026-11-21T13:00:00Z',
    );
  return atMs;
}

export function parsePattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new CliError(EXIT.usage, `--grep ${text} is no regular expression`, 'escape brackets and stars: \\[', {
      cause,
    });
  }
}

/** Lines without a date pass: nobody knows when they were written. */
export function lineFilter(sinceMs: number | undefined, pattern: RegExp | undefined): (line: LogLine) => boolean {
  return ({ atMs, raw }) => (sinceMs === undefined || (atMs ?? sinceMs) >= sinceMs) && (pattern?.test(raw) ?? true);
}
