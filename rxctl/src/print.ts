// Shows one value as text, wide text, JSON or YAML. It knows how values look and not what they mean.
import { stringify } from 'yaml';

export const FORMATS = ['text', 'wide', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export type Printable =
  | null
  | boolean
  | number
  | string
  | bigint
  | readonly Printable[]
  | { readonly [key: string]: Printable | undefined };

/** `text` and `wide` are written by the verb; JSON and YAML show the value itself, amounts as decimal strings. */
export function render(format: Format, value: Printable, text: (isWide: boolean) => string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(plain(value))}\n`;
    case 'yaml':
      return stringify(plain(value));
    case 'text':
    case 'wide': {
      const shown = text(format === 'wide');
      return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
    }
  }
}

/** JSON knows no integer above 2^53: amounts and other u64 become strings. */
function plain(value: Printable): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)),
  );
}

/** Columns as wide as their longest cell, two spaces between, no trailing blanks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
