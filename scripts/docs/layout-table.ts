// Layouts of the codec as tables of a document. It knows how a field describes itself and nothing of what it means.
import type { Field, Layout } from '@rexnet/node/core/codec.ts';

type AnyLayout = Layout<never>;

/** A table of fields and, where it has one, the layout's size. */
export function layoutTable(layout: AnyLayout): string {
  const size = layout.size === undefined ? '' : ` (${layout.size} bytes)`;
  return [
    `**${layout.name}**${size}`,
    '',
    '| offset | field | type | meaning |',
    '|---|---|---|---|',
    ...rows(layout),
  ].join('\n');
}

function rows({ fields }: AnyLayout): string[] {
  let offset: number | undefined = 0;
  return fields.map(([name, field]) => {
    const row = `| ${offset ?? ''} | ${name} | ${typeOf(field)} | ${field.doc ?? ''} |`;
    offset = offset === undefined || field.size === undefined ? undefined : offset + field.size;
    return row;
  });
}

/** `u16 count ≤ 4096, Read` → with the bound spelt so that a reader can find it. */
function typeOf({ type }: Field<unknown>): string {
  return type.replace('≤ 4294967295', '< 2^32');
}
