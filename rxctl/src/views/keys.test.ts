import { expect, test } from 'vitest';
import { syntheticSnapshot } from '../testing/snapshots.ts';
import { type Key, press } from './keys.ts';
import { extend, FIRST_UI, type Model, NO_COURSES, placeOf, type Ui } from './model.ts';

const NAMES = [
  'up',
  'down',
  'pageUp',
  'pageDown',
  'home',
  'end',
  'enter',
  'escape',
  'tab',
  'backTab',
  'backspace',
] as const;

function keysOf(words: string): readonly Key[] {
  return words.split(' ').map((word) => {
    const kind = NAMES.find((name) => name === word);
    return kind === undefined ? { kind: 'char', char: word === 'space' ? ' ' : word } : { kind };
  });
}

function after(words: string, groups = 12): Ui | 'quit' {
  const snapshot = syntheticSnapshot({ groups, nodesPerGroup: 2, second: 9, isSick: true });
  const courses = extend(NO_COURSES, snapshot);
  let model: Model = { snapshot, courses, ui: FIRST_UI, logLines: ['one', 'two', 'three'], isReplay: false };
  for (const key of keysOf(words)) {
    const ui = press(model, key);
    if (ui === 'quit') return 'quit';
    model = { ...model, ui };
  }
  return model.ui;
}

const last = Number.MAX_SAFE_INTEGER;

test.each([
  ['down', { kind: 'overview', chosen: 1 }],
  ['j j k', { kind: 'overview', chosen: 1 }],
  ['up', { kind: 'overview', chosen: 0 }],
  ['pageDown', { kind: 'overview', chosen: 10 }],
  ['space space', { kind: 'overview', chosen: 11 }],
  ['end home', { kind: 'overview', chosen: 0 }],
  ['G', { kind: 'overview', chosen: 11 }],
  ['j j enter', { kind: 'group', group: 2, chosen: 0 }],
  ['j j enter down down', { kind: 'group', group: 2, chosen: 1 }],
  ['j j enter down enter', { kind: 'node', name: 'g2-n1', chosen: 0 }],
  ['enter enter enter', { kind: 'log', object: 'g0-n0', chosen: last }],
  ['enter enter enter enter', { kind: 'log', object: 'g0-n0', chosen: last }],
  ['enter enter enter up', { kind: 'log', object: 'g0-n0', chosen: 1 }],
  ['enter escape', { kind: 'overview', chosen: 0 }],
  ['j j enter escape', { kind: 'overview', chosen: 2 }],
  ['escape', { kind: 'overview', chosen: 0 }],
  ['l', { kind: 'log', object: 'g0-n0', chosen: last }],
  ['enter down l', { kind: 'log', object: 'g0-n1', chosen: last }],
  ['enter enter l', { kind: 'log', object: 'g0-n0', chosen: last }],
  ['tab enter', { kind: 'contract', name: 'token', chosen: 0 }],
  ['tab down enter', { kind: 'contract', name: 'poll', chosen: 0 }],
  ['tab l', { kind: 'overview', chosen: 0 }],
  ['tab tab enter', { kind: 'node', name: 'g2-n0', chosen: 0 }],
  ['tab tab down enter', { kind: 'group', group: 2, chosen: 0 }],
  ['backTab end enter', { kind: 'log', object: 'rxctl', chosen: last }],
  ['tab tab tab enter', { kind: 'group', group: 0, chosen: 0 }],
  ['enter tab enter', { kind: 'node', name: 'g0-n0', chosen: 0 }],
  ['/ g 1 1 enter enter', { kind: 'group', group: 11, chosen: 0 }],
  ['/ q ? p', { kind: 'overview', chosen: 0, filter: 'q?p' }],
  ['/ g 1 backspace enter', { kind: 'overview', filter: 'g' }],
  ['/ g 1 escape', { kind: 'overview', filter: '' }],
  ['/ x enter escape', { kind: 'overview', filter: '' }],
  ['/ x x enter enter', { kind: 'overview', filter: 'xx' }],
  ['/ g 7 enter enter escape', { kind: 'overview', filter: 'g7' }],
  ['f enter', { kind: 'group', group: 2 }],
  ['z', { kind: 'overview', chosen: 0 }],
])('%s', (words, expected) => {
  const ui = after(words);
  expect(ui === 'quit' ? ui : placeOf(ui)).toMatchObject(expected);
});

test.each([
  ['p', { isPaused: true }],
  ['p p', { isPaused: false }],
  ['?', { isHelp: true }],
  ['? j', { isHelp: false }],
  ['f', { onlyFaults: true }],
  ['f escape', { onlyFaults: false }],
  ['/', { isTyping: true }],
  ['/ enter', { isTyping: false }],
  ['tab', { focus: 'contracts' }],
  ['backTab', { focus: 'events' }],
  ['enter tab', { focus: 'groups' }],
])('%s sets', (words, expected) => {
  expect(after(words)).toMatchObject(expected);
});

test.each(['q', '? q', 'enter q', 'enter enter enter q'])('%s quits', (words) => {
  expect(after(words)).toBe('quit');
});

test('a row that has gone is left for the last one there is', () => {
  const before = after('end');
  if (before === 'quit') throw new Error('end does not quit');
  const snapshot = syntheticSnapshot({ groups: 3, second: 1 });
  const model: Model = { snapshot, courses: NO_COURSES, ui: before, logLines: [], isReplay: false };
  const ui = press(model, { kind: 'up' });
  expect(ui === 'quit' ? ui : placeOf(ui).chosen).toBe(1);
});

test('nobody can go in for ever', () => {
  const ui = after(Array.from({ length: 60 }, () => 'enter').join(' '));
  expect(ui === 'quit' ? 0 : ui.places.length).toBeLessThanOrEqual(8);
});
