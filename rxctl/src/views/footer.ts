// The footer: the keys that do something here, or the filter while it is typed.
import type { Line } from './line.ts';
import { clean } from './line.ts';
import { type Model, placeOf } from './model.ts';
import { rule, SIDES } from './pane.ts';

const CURSOR = '▏';

export function footer(model: Model, width: number, split: number | undefined): Line {
  const { ui, trouble } = model;
  const isAsking = ui.isTyping || trouble !== undefined;
  const joints = split === undefined ? {} : { above: split };
  return rule([{ title: words(model, width - SIDES - 2), hasFocus: isAsking }], width, ['╰', '╯'], joints);
}

function words({ ui, trouble }: Model, width: number): string {
  if (ui.isTyping) return `filter: ${clean(placeOf(ui).filter)}${CURSOR} enter keeps, esc drops`;
  if (trouble !== undefined) return clean(trouble).slice(0, Math.max(0, width));
  const last = ui.isHelp ? 'q quit' : '? help · q quit';
  let text = '';
  for (const hint of hints(ui.isHelp ? 'help' : placeOf(ui).kind)) {
    if (text.length + hint.length + last.length + 6 > width) break;
    text += `${hint} · `;
  }
  return `${text}${last}`;
}

/** The most useful first: a narrow terminal leaves the last ones out. */
function hints(kind: string): readonly string[] {
  switch (kind) {
    case 'overview':
      return ['↑↓ choose', 'enter', 'tab next list', 'l log', '/ filter', 'p pause', 'f faults'];
    case 'group':
      return ['↑↓ choose', 'enter node', 'l log', 'esc back', 'p pause'];
    case 'node':
      return ['enter log', 'esc back', 'p pause'];
    case 'log':
      return ['↑↓ scroll', 'G follow', '/ filter', 'esc back'];
    case 'help':
      return ['any key closes'];
    default:
      return ['esc back', 'p pause'];
  }
}
