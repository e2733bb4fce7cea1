// Lines to what a terminal shows: tones become colours here and nowhere else. Without colours only the words and icons are left.
import { type Line, type Span, type Tone, textOf } from './line.ts';

const RESET = '\x1b[0m';
/** The sixteen colours of every terminal, so that its owner's choice of them holds. */
const SEQUENCES: Readonly<Record<Tone, string>> = {
  good: '\x1b[32m',
  warn: '\x1b[33m',
  bad: '\x1b[1;31m',
  dim: '\x1b[2m',
  strong: '\x1b[1m',
  accent: '\x1b[36m',
  chosen: '\x1b[7m',
};

export function paint(line: Line, hasColor: boolean): string {
  if (!hasColor) return textOf(line);
  return line.map(paintSpan).join('');
}

function paintSpan({ text, tone }: Span): string {
  return tone === undefined || (text.trim() === '' && tone !== 'chosen') ? text : `${SEQUENCES[tone]}${text}${RESET}`;
}
