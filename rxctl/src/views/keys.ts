// What a key does: (ui, key, model) → ui, and nothing else. Nothing here changes a network.
import { below, countOf, logOf } from './lists.ts';
import { FOCUSES, type Model, type Place, placeOf, type Spot, type Ui } from './model.ts';

export type Key =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'up' | 'down' | 'pageUp' | 'pageDown' | 'home' | 'end' }
  | { readonly kind: 'enter' | 'escape' | 'tab' | 'backTab' | 'backspace' };

const PAGE_ROWS = 10;
const FILTER_MAX = 40;
const DEPTH_MAX = 8;

/** Letters that do what a key with a name does. */
const LETTERS: Readonly<Record<string, Exclude<Key['kind'], 'char'>>> = {
  j: 'down',
  k: 'up',
  g: 'home',
  G: 'end',
  ' ': 'pageDown',
  b: 'pageUp',
};

/** The ui after the key; 'quit' when the person wants to leave. */
export function press(model: Model, key: Key): Ui | 'quit' {
  const { ui } = model;
  if (ui.isTyping) return typed(ui, key);
  const kind = key.kind === 'char' ? (LETTERS[key.char] ?? 'char') : key.kind;
  if (ui.isHelp) return key.kind === 'char' && key.char === 'q' ? 'quit' : { ...ui, isHelp: false };
  switch (kind) {
    case 'up':
      return moved(model, -1);
    case 'down':
      return moved(model, 1);
    case 'pageUp':
      return moved(model, -PAGE_ROWS);
    case 'pageDown':
      return moved(model, PAGE_ROWS);
    case 'home':
      return moved(model, Number.NEGATIVE_INFINITY);
    case 'end':
      return moved(model, Number.POSITIVE_INFINITY);
    case 'enter':
      return entered(ui, below(model));
    case 'escape':
    case 'backspace':
      return back(ui);
    case 'tab':
      return turned(ui, 1);
    case 'backTab':
      return turned(ui, -1);
    case 'char':
      return key.kind === 'char' ? lettered(model, key.char) : ui;
  }
}

function lettered(model: Model, char: string): Ui | 'quit' {
  const { ui } = model;
  switch (char) {
    case 'q':
      return 'quit';
    case '?':
    case 'h':
      return { ...ui, isHelp: true };
    case '/':
      return { ...ui, isTyping: true };
    case 'f':
      return chosen({ ...ui, onlyFaults: !ui.onlyFaults }, 0);
    case 'p':
      return { ...ui, isPaused: !ui.isPaused };
    case 'l':
      return entered(ui, logOf(model));
    default:
      return ui;
  }
}

function typed(ui: Ui, key: Key): Ui {
  switch (key.kind) {
    case 'enter':
      return { ...ui, isTyping: false };
    case 'escape':
      return filtered({ ...ui, isTyping: false }, '');
    case 'backspace':
      return filtered(ui, placeOf(ui).filter.slice(0, -1));
    case 'char':
      return filtered(ui, `${placeOf(ui).filter}${key.char}`.slice(0, FILTER_MAX));
    default:
      return ui;
  }
}

/** The chosen row stays within what there is, also when rows have gone since. */
function moved(model: Model, by: number): Ui {
  const last = Math.max(0, countOf(model) - 1);
  const from = Math.min(placeOf(model.ui).chosen, last);
  return chosen(model.ui, Math.max(0, Math.min(last, from + by)));
}

function chosen(ui: Ui, row: number): Ui {
  return atSpot(ui, { ...placeOf(ui), chosen: row });
}

function filtered(ui: Ui, filter: string): Ui {
  return atSpot(ui, { ...placeOf(ui), filter, chosen: 0 });
}

function atSpot(ui: Ui, spot: Spot): Ui {
  return { ...ui, places: [...ui.places.slice(0, -1), spot] };
}

/** A log begins at its end. */
function entered(ui: Ui, place: Place | undefined): Ui {
  if (place === undefined || ui.places.length >= DEPTH_MAX) return ui;
  const row = place.kind === 'log' ? Number.MAX_SAFE_INTEGER : 0;
  return { ...ui, places: [...ui.places, { ...place, chosen: row, filter: '' }] };
}

/** First the filter goes, then the place. */
function back(ui: Ui): Ui {
  if (placeOf(ui).filter !== '') return filtered(ui, '');
  if (ui.places.length > 1) return { ...ui, places: ui.places.slice(0, -1) };
  return ui.onlyFaults ? { ...ui, onlyFaults: false } : ui;
}

function turned(ui: Ui, by: number): Ui {
  if (placeOf(ui).kind !== 'overview') return ui;
  const at = FOCUSES.indexOf(ui.focus) + by + FOCUSES.length;
  return chosen({ ...ui, focus: FOCUSES[at % FOCUSES.length] ?? 'groups' }, 0);
}
