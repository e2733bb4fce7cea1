// The pane of one log: its newest lines, filtered, followed while the last one is chosen.
import { clean, type Line, plain, type Tone, toned } from './line.ts';
import { logLinesOf } from './lists.ts';
import { type Model, placeOf } from './model.ts';
import type { Pane } from './pane.ts';
import { scrolled } from './table.ts';

const WARNING = /\b(warn|error|fatal)\b/i;
const ERROR = /\b(error|fatal)\b/i;

export function logPane(model: Model, object: string, height: number): Pane {
  const lines = logLinesOf(model);
  const { chosen, filter } = placeOf(model.ui);
  const last = Math.min(chosen, lines.length - 1);
  const offset = Math.max(0, last - height + 1);
  const none =
    filter !== ''
      ? 'no line matches; esc shows all'
      : model.isReplay
        ? 'a recording holds no logs'
        : 'there is no line yet';
  return {
    title: `LOG ${clean(object)}`,
    note: lines.length === 0 ? '' : last === lines.length - 1 ? 'following' : scrolled(offset, height, lines.length),
    hasFocus: true,
    lines: lines.length === 0 ? [[toned('dim', none)]] : lines.slice(offset, offset + height).map(logLine),
  };
}

function logLine(text: string): Line {
  const tone: Tone | undefined = ERROR.test(text) ? 'bad' : WARNING.test(text) ? 'warn' : undefined;
  return tone === undefined ? [plain(text)] : [toned(tone, text)];
}
