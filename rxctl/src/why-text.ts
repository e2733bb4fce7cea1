// A chain of causes as text: one line each, the cure last. Pure.
import type { Printable } from './print.ts';
import type { Paint } from './style.ts';
import type { Why } from './why.ts';

export function describeWhy({ isWell, summary, chain, cure, others }: Why, paint: Paint): string {
  return [
    paint(isWell ? 'green' : 'red', summary),
    ...chain.map(({ object, fact }, index) => `${'  '.repeat(index + 1)}← ${paint('bold', object)} ${fact}`),
    ...(cure === undefined ? [] : [`cure: ${cure}`]),
    ...(others.length === 0 ? [] : [paint('dim', `also not met: ${others.join(', ')}`)]),
  ].join('\n');
}

export function printableWhy({ condition, chain, cure, others, ...why }: Why): Printable {
  return {
    ...why,
    condition: condition === undefined ? null : { ...condition },
    chain: chain.map((link) => ({ ...link })),
    cure: cure ?? null,
    others: [...others],
  };
}
