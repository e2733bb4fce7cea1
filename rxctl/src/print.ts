// Shows one value as text, wide text, JSON, YAML or bare names. It knows how values look and not what they mean.
import { stringify } from 'yaml';

export const FORMATS = ['text', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export type Printable =
  | null
  | boolean
  | number
  | string
  | bigint
  | readonly Printable[]
  | { readonly [key: string]: Printable | undefined };

/** What stands for a thing when only names are asked for; the first it has. */
const NAME_KEYS = ['name', 'id', 'node', 'network', 'file', 'verdict', 'state'] as const;

/**
 * `text` and `wide` are written by the verb; JSON and YAML show the value itself, amounts as decimal strings; `name` shows
 * `names`, or what looks like a name of the value.
 */
export function render(
  format: Format,
  value: Printable,
  text: (isWide: boolean) => string,
  names: readonly string[] = namesOf(value),
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(plain(value))}\n`;
    case 'yaml':
      return stringify(plain(value));
    case 'name':
      return names.map((name) => `${name}\n`).join('');
    case 'text':
    case 'wide': {
      const shown = text(format === 'wide');
      return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
    }
  }
}

function namesOf(value: Printable): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesOf);
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const named = value as { readonly [key: string]: Printable | undefined };
  const key = NAME_KEYS.find((each) => typeof named[each] === 'string');
  return key === undefined ? [] : [String(named[key])];
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
