// What a frame is made of: lines of spans, each with what it means rather than a colour. Pure; it knows no terminal.

export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'strong' | 'accent' | 'chosen';
export type Span = { readonly text: string; readonly tone?: Tone };
export type Line = readonly Span[];
export type Size = { readonly columns: number; readonly rows: number };

const ELLIPSIS = '…';

export function plain(text: string): Span {
  return { text };
}

export function toned(tone: Tone | undefined, text: string): Span {
  return tone === undefined ? { text } : { text, tone };
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** Exactly as wide as asked: padded, or cut with an ellipsis. */
export function fit(line: Line, width: number): Line {
  if (width <= 0) return [];
  const missing = width - widthOf(line);
  if (missing === 0) return line;
  if (missing > 0) return [...line, plain(' '.repeat(missing))];
  const cut: Span[] = [];
  let left = width - ELLIPSIS.length;
  for (const span of line) {
    if (left <= 0) break;
    cut.push(span.text.length <= left ? span : { ...span, text: span.text.slice(0, left) });
    left -= span.text.length;
  }
  return [...cut, plain(ELLIPSIS)];
}

/** Left and right, as far apart as the width allows; what is right gives way first. */
export function ends(left: Line, right: Line, width: number): Line {
  const gap = width - widthOf(left) - widthOf(right);
  return gap >= 1 ? [...left, plain(' '.repeat(gap)), ...right] : fit(left, width);
}

/** Exactly so many lines, each exactly so wide. */
export function block(lines: readonly Line[], width: number, height: number): readonly Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, index) => fit(lines[index] ?? [], width));
}

/** As many of the parts as fit, the first ones first, a separator between. */
export function joined(parts: readonly Line[], separator: string, width: number): Line {
  const line: Span[] = [];
  for (const part of parts) {
    const glue = line.length === 0 ? '' : separator;
    if (widthOf(line) + glue.length + widthOf(part) > width) break;
    if (glue !== '') line.push(toned('dim', glue));
    line.push(...part);
  }
  return line;
}

/** Words over several lines; a word longer than a line is cut. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
  }
  return line === '' ? lines : [...lines, line];
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');
const CONTROLS = /\p{Cc}/gu;
/** Whatever may take two columns or none: a frame stays aligned whatever a contract or a log line says. */
const ODD_WIDTHS =
  /\p{M}|\p{Cf}|\p{Cs}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef]|[\u{10000}-\u{10ffff}]/gu;

/** Text from elsewhere, one column a character and no controls. */
export function clean(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, ' ').replace(ODD_WIDTHS, '?');
}
