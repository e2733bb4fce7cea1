// The help pane: every key, and what figures and signs mean.
import { type Line, plain, toned } from './line.ts';
import type { Pane } from './pane.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓ j k', 'choose a row; page up and down, g and G for the ends'],
  ['enter', 'go into what is chosen: group, node, contract, log'],
  ['esc', 'go back; with a filter: drop it first'],
  ['tab', 'from groups to contracts to events'],
  ['l', 'the log of what is chosen'],
  ['/', 'filter groups and events, or the lines of a log'],
  ['f', 'only what is not well'],
  ['p', 'pause: the frame stays as it is; p goes on'],
  ['q ctrl-c', 'leave; the network goes on'],
];
const WORDS: readonly (readonly [string, string])[] = [
  ['TPS UTPS', 'user transactions, and invocations, in the blocks of a group per second'],
  ['GAS', 'gas its blocks used of what they may hold'],
  ['LAG', 'blocks of another group it could have read and has not; 0 or 1 is the beat'],
  ['POOL', 'transactions waiting for a block'],
  ['QUEUE', 'relays read and waiting for their turn'],
  ['P95', 'of load sent from the group, from intended send to completed'],
  ['COURSE', 'TPS lately, all groups on one scale from zero'],
  ['on-chain', 'parent headers in Bitcoin’s best chain; orphan: lost the race; premature: met only a group’s target'],
];
const KEY_COLUMNS = 12;

export function helpPane(): Pane {
  const entry = ([name, text]: readonly [string, string]): Line => [
    toned('accent', name.padEnd(KEY_COLUMNS)),
    plain(text),
  ];
  return {
    title: 'HELP',
    note: 'any key closes',
    hasFocus: true,
    lines: [...KEYS.map(entry), [], ...WORDS.map(entry)],
  };
}
