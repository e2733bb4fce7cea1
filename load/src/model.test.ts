import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Effect, type Holding, Model, type Outcome } from './model.ts';

const COUNT = 5;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const START = 10n ** 12n;
const start: readonly Holding[] = NAMES.map(() => ({ native: START, tokens: START }));

const pay: fc.Arbitrary<Effect> = fc.record({
  kind: fc.constant('pay'),
  from: fc.nat(COUNT - 1),
  to: fc.tuple(fc.nat(COUNT - 1)),
  amount: fc.bigInt({ min: 0n, max: 1_000n }),
  asset: fc.constantFrom('native', 'tokens'),
  fee: fc.bigInt({ min: 0n, max: 30_000n }),
  failedRelay: fc.constantFrom('returned', 'gone', 'nothing'),
});
const set: fc.Arbitrary<Effect> = fc.record({
  kind: fc.constant('set'),
  from: fc.nat(COUNT - 1),
  fee: fc.constant(7n),
  value: fc.bigInt({ min: 1n, max: 3n }),
  nonce: fc.nat(1_000),
});
const outcome: fc.Arbitrary<Outcome> = fc.constantFrom('completed', 'failed', 'debited');

test('what leaves one account arrives at another; only fees and failed credits are gone', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(pay, outcome)), (history) => {
      const model = new Model(start);
      let fees = 0n;
      let gone = 0n;
      for (const [one, what] of history) {
        model.apply(one, what);
        fees += one.fee;
        if (what !== 'debited' || one.kind !== 'pay' || one.failedRelay !== 'gone') continue;
        if (one.asset === 'native') fees += one.amount;
        else gone += one.amount;
      }
      expect(model.total('native')).toBe(START * BigInt(COUNT) - fees);
      expect(model.total('tokens')).toBe(START * BigInt(COUNT) - gone);
    }),
  );
});

/** No sender uses a nonce twice. */
const ONCE = {
  selector: ([effect]: readonly [Effect, Outcome]) =>
    effect.kind === 'set' ? `${effect.from}/${effect.nonce}` : effect,
};

test('the order of transactions makes no difference', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.oneof(pay, set), outcome), ONCE), fc.nat(), (history, turn) => {
      const balances = (order: readonly (readonly [Effect, Outcome])[]): readonly (string | undefined)[] => {
        const model = new Model(start);
        for (const [one, what] of order) model.apply(one, what);
        return NAMES.map((_, i) => {
          const wrong = start.map((holding, at) => (at === i ? { native: -1n, tokens: -1n } : holding));
          return model.firstDifference(wrong, NAMES);
        });
      };
      const at = history.length === 0 ? 0 : turn % history.length;
      expect(balances([...history.slice(at), ...history.slice(0, at)])).toEqual(balances(history));
    }),
  );
});

test('one unit too much is named, but not where nobody knows', () => {
  const paid: Effect = {
    ...{ kind: 'pay', from: 0, to: [1], amount: 5n, asset: 'tokens', fee: 7n, failedRelay: 'gone' },
  };
  const model = new Model(start);
  model.apply(paid, 'completed');
  const found = start.map((holding, i) => ({
    native: holding.native - (i === 0 ? 7n : 0n),
    tokens: holding.tokens + (i === 0 ? -5n : i === 1 ? 5n : 0n),
  }));
  expect(model.firstDifference(found, NAMES)).toBeUndefined();
  const wrong = found.map((holding, i) => (i === 1 ? { ...holding, tokens: holding.tokens + 1n } : holding));
  expect(model.firstDifference(wrong, NAMES)).toBe(
    'b holds 1000000000006 tokens, its transactions imply 1000000000005',
  );
  model.unknown({ ...paid, from: 1, to: [2] });
  expect(model.firstDifference(wrong, NAMES)).toBeUndefined();
  expect(model.certain).toBe(3);
  expect(model.total('tokens')).toBeUndefined();
});

test('of one who pays many, a failed part leaves nobody certain', () => {
  const model = new Model(start);
  const gift = { kind: 'pay', from: 0, to: [1, 2], amount: 5n, asset: 'tokens', fee: 7n, failedRelay: 'gone' } as const;
  model.apply(gift, 'completed');
  expect(model.total('tokens')).toBe(START * BigInt(COUNT));
  model.apply(gift, 'debited');
  expect(model.certain).toBe(2);
});
