// Each shipped contract and example told as a story. Which runtime tells it is the caller's choice.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { StoryRuntime } from './fake-runtime.ts';
import { person, Story } from './story.ts';

const root = new URL('../../../', import.meta.url);

/** Makes stories on one kind of runtime. */
export class Teller {
  readonly #start: ((wasm: Uint8Array) => StoryRuntime) | undefined;

  constructor(start?: (wasm: Uint8Array) => StoryRuntime) {
    this.#start = start;
  }

  shipped(name: string): Story {
    return this.#tell(`contracts/${name}.prd`);
  }

  example(name: string): Story {
    return this.#tell(`test/conformance/examples/${name}.prd`);
  }

  #tell(path: string): Story {
    return new Story(readFileSync(new URL(path, root), 'utf8'), this.#start);
  }
}

export const STORIES: { readonly name: string; readonly run: (tell: Teller) => void }[] = [];
const story = (name: string, run: (tell: Teller) => void) => STORIES.push({ name, run });

const at = (name: string) => person(name).text;

story('a token is minted at deployment, moved, refused, burnt', (tell) => {
  const token = tell.shipped('token');
  token.deploy(['RXT', '1000', at('olga')]);
  expect(token.state('address', 'olga', 'balance')).toBe('1000');
  token.call('transfer', 'olga', [at('paul'), 300]);
  expect(token.amounts).toEqual([300n, 300n]);
  expect(token.call('balance_of', 'paul')).toBe('300');
  expect(token.fault('transfer', 'paul', [at('olga'), 301])).toBe(21);
  expect(token.call('balance_of', 'paul')).toBe('300');
  token.call('airdrop', 'olga', [[at('ann'), at('bob'), at('ann')], 100]);
  expect(token.call('balance_of', 'ann')).toBe('200');
  expect(token.call('balance_of', 'olga')).toBe('400');
  expect(token.fault('mint', 'paul', [5])).toBe(21);
  token.call('mint', 'olga', [5]);
  token.call('burn', 'ann', [50]);
  expect(token.call('total_supply', undefined)).toBe('955');
  expect(token.state('global', undefined, 'symbol')).toBe('RXT');
  expect(token.state('global', undefined, 'issuer')).toBe(at('olga'));
});

story('a transfer to oneself keeps the balance', (tell) => {
  const token = tell.shipped('token');
  token.deploy(['RXT', '10', at('olga')]);
  token.call('transfer', 'olga', [at('olga'), 10]);
  expect(token.call('balance_of', 'olga')).toBe('10');
});

story('a token with its books in one place moves, refuses and pays out alike', (tell) => {
  const token = tell.shipped('token-global');
  token.deploy(['RXT', '1000', at('olga')]);
  const balanceOf = (name: string): unknown => token.call('balance_of', undefined, [at(name)]);
  token.call('transfer', 'olga', [at('paul'), 300]);
  expect(balanceOf('paul')).toBe('300');
  // The asking succeeds; the books refuse where they are kept.
  token.call('transfer', 'paul', [at('olga'), 301]);
  expect(token.steps.map(({ outcome }) => outcome.fault)).toEqual([0, 21]);
  expect(balanceOf('paul')).toBe('300');
  token.call('transfer', 'olga', [at('olga'), 700]);
  token.call('airdrop', 'olga', [[at('ann'), at('bob'), at('ann')], 100]);
  expect([balanceOf('ann'), balanceOf('bob'), balanceOf('olga'), balanceOf('nobody')]).toEqual([
    '200',
    '100',
    '400',
    '0',
  ]);
  expect(token.fault('mint', 'paul', [5])).toBe(21);
  token.call('mint', 'olga', [5]);
  token.call('burn', 'ann', [50]);
  expect(token.call('total_supply', undefined)).toBe('955');
});

story('an airdrop larger than 128 bits can count is refused', (tell) => {
  const token = tell.shipped('token');
  token.deploy(['RXT', '10', at('olga')]);
  expect(token.fault('airdrop', 'olga', [[at('a'), at('b')], ((1n << 128n) - 1n).toString()])).toBe(1);
});

story('a poll counts in every partition and gathers once', (tell) => {
  const poll = tell.shipped('poll');
  poll.deploy(['lunch?', ['rice', 'soup', 'nothing'], at('chair')]);
  const voters = Array.from({ length: 20 }, (_, index) => `${String.fromCharCode(97 + index)}-voter`);
  voters.forEach((name, index) => {
    expect(poll.call('vote', name, [index % 3 === 0 ? 0 : 1])).toBe(true);
  });
  expect(poll.call('vote', voters[0], [1])).toBe(false);
  expect(poll.call('vote', 'late', [3])).toBe(false);
  expect(poll.call('choose', voters[0], [1])).toBe(true);
  expect(poll.call('choose', voters[0], [0])).toBe(true);
  expect(poll.call('choose', voters[0], [3])).toBe(false);
  expect([poll.call('choice_of', voters[0]), poll.call('choice_of', 'late')]).toEqual([1, 0]);
  for (const name of ['late', voters[0], voters[1]]) poll.call('declare', name);
  expect(poll.state('global', undefined, 'declared')).toBe('2');
  expect(poll.fault('close', 'late')).toBe(21);
  poll.call('close', 'chair');
  expect(poll.call('outcome', undefined)).toEqual({ title: 'soup', votes: '13', turnout: '20', tied: false });
  expect(poll.state('global', undefined, 'stage')).toBe('Closed');
  expect(poll.call('vote', 'late', [0])).toBe(false);
});

story('an airdrop is handed out, claimed once, and denied when the pot is empty', (tell) => {
  const drop = tell.shipped('airdrop');
  drop.deploy([1000, 200, at('sue')]);
  drop.call('give', 'sue', [
    [
      { to: at('ann'), amount: 10 },
      { to: at('bob'), amount: '20' },
    ],
  ]);
  drop.call('airdrop', 'sue', { to: [at('ann'), at('bob')], each: 5 });
  expect(drop.call('points_of', 'ann')).toBe('15');
  expect(drop.call('points_of', 'sue')).toBe('460');
  expect(drop.fault('give', 'sue', [[{ to: at('ann'), amount: 461 }]])).toBe(21);
  for (const name of ['ann', 'bob']) drop.call('claim', name);
  expect(drop.fault('claim', 'ann')).toBe(21);
  drop.call('claim', 'cid');
  expect(drop.state('address', 'cid', 'claimed')).toBe(false);
  expect(drop.state('global', undefined, 'pot')).toBe('100');
  expect(drop.call('points_of', 'bob')).toBe('225');
});

story('example 01: state of an address and a global setting', (tell) => {
  const counter = tell.example('01_counter');
  counter.deploy([3]);
  expect(counter.call('bump', 'ann')).toBe('3');
  counter.call('set_step', undefined, [4]);
  expect(counter.call('bump', 'ann')).toBe('7');
  expect(counter.call('current', 'bob')).toBe('0');
  expect(counter.fault('set_step', undefined, [0])).toBe(21);
});

story('example 03: a payroll fans out', (tell) => {
  const payroll = tell.example('03_payroll');
  payroll.call('deposit', 'boss', [100]);
  const list = [
    { who: at('ann'), sum: 60 },
    { who: at('bob'), sum: 40 },
  ];
  expect(payroll.call('pay_all', 'boss', [list])).toBe(true);
  expect(payroll.call('pay_all', 'boss', [list])).toBe(false);
  expect(payroll.state('address', 'bob', 'balance')).toBe('40');
  expect(
    payroll.fault('pay_all', 'boss', [
      [
        { who: at('a'), sum: ((1n << 128n) - 1n).toString() },
        { who: at('b'), sum: 1 },
      ],
    ]),
  ).toBe(1);
});

story('example 04: scatter and gather', (tell) => {
  const poll = tell.example('04_poll');
  poll.deploy([['x', 'y']]);
  for (const name of ['ann', 'bob', 'cid']) poll.call('vote', name, [name === 'bob' ? 0 : 1]);
  poll.call('close', undefined);
  expect(poll.state('global', undefined, 'winner')).toBe('y');
  expect(poll.state('global', undefined, 'choices')).toEqual([
    { label: 'x', votes: '1' },
    { label: 'y', votes: '2' },
  ]);
});

story('example 05: integer keys and a relay back', (tell) => {
  const canvas = tell.example('05_canvas');
  canvas.call('paint', 'ann', [1, 2, 0xff0000]);
  expect(canvas.call('look', 0x10002)).toBe(0xff0000);
  expect(canvas.state('uint32', 0x10002, 'owner')).toBe(at('ann'));
  expect(canvas.state('address', 'ann', 'painted')).toBe(1);
});

story('example 06: a relay to the next block', (tell) => {
  const ticker = tell.example('06_ticker');
  ticker.call('start', 'ann', [2]);
  expect(ticker.state('address', 'ann', 'left')).toBe('2');
  ticker.nextBlock();
  expect(ticker.state('address', 'ann', 'last_height')).toBe('2');
  ticker.nextBlock();
  expect(ticker.state('address', 'ann', 'left')).toBe('0');
  expect(ticker.state('global', undefined, 'fired')).toBe('1');
});

story('example 11: state of the partition is shared by its addresses', (tell) => {
  const census = tell.example('11_census');
  expect(census.call('join', 'ann')).toBe(true);
  expect(census.call('join', 'axl')).toBe(true);
  expect(census.call('join', 'ann')).toBe(false);
  const total = [0, 1, 2, 3].map((shard) => Number(census.state('shard', shard, 'population') ?? 0));
  expect(total.reduce((a, b) => a + b)).toBe(2);
});
