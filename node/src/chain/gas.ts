// What running costs before any code runs: intrinsic gas, shares of a block, fees. The price of an instruction is the compiler's.
import { SCOPE } from '../core/scopes.ts';

/** Every user transaction, at its sender. */
export const TRANSACTION_GAS = 20_000n;
/** Every relay, deferred call and copy of a broadcast, where it runs. */
export const RELAY_GAS = 8_000n;
/** A relay to the global partition, where it runs. */
export const GLOBAL_RELAY_GAS = 50_000n;
/** Installing a contract, on top of the relay that carries it. */
export const DEPLOY_GAS = 30_000n;
/** Every byte by which a cell's canonical value grows. */
export const GROWTH_GAS_PER_BYTE = 100n;

/** What a relay to `scope` burns before its code starts. */
export function relayGas(scope: number): bigint {
  return scope === SCOPE.global ? GLOBAL_RELAY_GAS : RELAY_GAS;
}

/** Sum of budgets of the user transactions a block may admit; rounded down. */
export function userGas(rules: {
  readonly blockGas: bigint;
  readonly userShareNumerator: number;
  readonly userShareDenominator: number;
}): bigint {
  return (rules.blockGas * BigInt(rules.userShareNumerator)) / BigInt(rules.userShareDenominator);
}
