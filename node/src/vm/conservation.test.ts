import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../core/bytes.ts';
import { build, context, FUNDS, fund, giveTokens, machine, P, relaysOf, tokenOf } from './testing/bed.ts';
import { testAddress, u64, u128 } from './testing/records.ts';
import { TOKEN_OP, tokenModule } from './testing/token.ts';

const TOKEN = 7;
const people = Array.from({ length: 12 }, (_, i) => testAddress(i));
const TOKENS = 1000n;

const person = fc.nat(people.length - 1);
const act = fc.record({
  from: person,
  to: person,
  amount: fc.bigInt(0n, 1500n),
  // Too little for the debit, or enough for debit and credit: what lies between burns tokens on the way, as contracts may.
  gas: fc.oneof(fc.bigInt(15_000n, 28_199n), fc.bigInt(28_400n, 45_000n)),
  price: fc.bigInt(0n, 5n),
  token: fc.boolean(),
});

test('money and tokens are neither made nor lost, whatever fails', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), fc.nat(3000), (acts, room) => {
      const vm = machine();
      vm.installContract(TOKEN, tokenModule());
      vm.setOwners(
        Uint16Array.from({ length: P }, (_, p) => p % 3),
        0,
      );
      fund(vm, people);
      giveTokens(vm, TOKEN, people, TOKENS);
      vm.beginBlock(context(1));
      vm.setRoom(1, room);
      const nonces = people.map(() => 0n);
      const pending: Uint8Array[] = [];
      for (const { from, to, amount, gas, price, token } of acts) {
        const sender = people[from]!;
        const receiver = people[to]!;
        const common = { initiator: sender, nonce: nonces[from]!, gas, price };
        const tx = token
          ? build({
              ...common,
              contract: TOKEN,
              op: TOKEN_OP.transfer,
              key: sender,
              args: concatBytes([receiver, u128(amount)]),
            })
          : build({ ...common, scope: 0, key: receiver, args: u64(amount) });
        const { stop, relays } = vm.run(tx);
        if (stop === 'end') nonces[from]!++;
        pending.push(relays.slice());
      }
      const inFlight = concatBytes(pending);
      const money = () => people.reduce((sum, a) => sum + vm.account(a).balance, vm.fees());
      const tokens = () => people.reduce((sum, a) => sum + tokenOf(vm, TOKEN, a), 0n);
      const carried = relaysOf(inFlight).reduce((sum, r) => sum + r.value + r.gas * r.price, 0n);
      expect(vm.sent(0) + vm.sent(1) + vm.sent(2)).toBe(carried);
      expect(money() + carried).toBe(FUNDS * BigInt(people.length));
      vm.setRoom(1, 1 << 20);
      for (let wave = inFlight; wave.length > 0; ) wave = vm.run(wave).relays.slice();
      expect(money()).toBe(FUNDS * BigInt(people.length));
      expect(tokens()).toBe(TOKENS * BigInt(people.length));
    }),
    { numRuns: 150 },
  );
});
