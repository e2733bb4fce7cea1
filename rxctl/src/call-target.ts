// Finds the function a person means in a contract's ABI, turns the words of a command line into encoded arguments, and picks
// the scope instance the call runs on.
import { formatAddress } from '@rexnet/node/core/address.ts';
import { fromHex } from '@rexnet/node/core/bytes.ts';
import { SCOPES } from '@rexnet/node/core/scopes.ts';
import { suggest } from '@rexnet/operator/api/suggest.ts';
import { type Abi, type AbiFunction, AbiValueError, encodeArgs, type Json } from '@rexnet/preda/index.ts';
import { CliError, EXIT } from './exit.ts';
import type { Target } from './network.ts';

/** A function by name; overloads are told apart by the number of arguments. */
export function chooseFunction(
  abi: Abi,
  name: string,
  argumentCount: number,
  isEligible: (each: AbiFunction) => boolean,
): AbiFunction {
  const named = abi.functions.filter((each) => each.name === name && isEligible(each));
  const [only, ...others] = named.length > 1 ? named.filter((each) => each.params.length === argumentCount) : named;
  if (only !== undefined && others.length === 0) return only;
  const names = [...new Set(abi.functions.filter(isEligible).map((each) => each.name))];
  const meant = suggest(name, names);
  const problem =
    only === undefined
      ? `${abi.contract} has no such function ${name}`
      : `${abi.contract}.${name} has several forms with ${argumentCount} arguments`;
  throw new CliError(
    EXIT.usage,
    problem,
    meant === undefined ? `functions are ${names.join(', ')}` : `did you mean ${meant}?`,
  );
}

/** `args` as given on a command line: JSON where it is JSON, key names where an address is wanted, text otherwise. */
export function encodeWords(
  abi: Abi,
  fn: AbiFunction,
  words: readonly string[],
  addressOf: (text: string) => Uint8Array,
): Uint8Array {
  const values = words.map((word, index): Json => {
    const type = fn.params[index]?.type;
    if (type === 'address') return formatAddress(addressOf(word));
    if (type === 'string') return word;
    return parseWord(word);
  });
  try {
    return encodeArgs(abi, fn, values);
  } catch (error) {
    if (!(error instanceof AbiValueError)) throw error;
    const usage = `${fn.name}(${fn.params.map(({ type, name }) => `${type} ${name}`).join(', ')})`;
    throw new CliError(EXIT.usage, error.message, `it is ${usage}`, { cause: error });
  }
}

/** Long integers stay text: a JSON number would lose digits. */
function parseWord(word: string): Json {
  if (/^-?[0-9]+$/.test(word)) return word;
  try {
    return JSON.parse(word) as Json;
  } catch {
    return word;
  }
}

/** The instance a call runs on: named by --target, else the caller's own for @address functions. */
export function targetOf(
  fn: AbiFunction,
  text: string | undefined,
  self: Uint8Array,
  addressOf: (text: string) => Uint8Array,
): Target {
  const scope = SCOPES.find(({ name }) => name === fn.scope);
  if (scope === undefined)
    throw new CliError(EXIT.usage, `${fn.name} runs in no scope a user can call`, 'call an exported function');
  if (scope.name === 'global') return { scope: scope.name, key: new Uint8Array() };
  if (scope.name === 'address') return { scope: scope.name, key: text === undefined ? self : addressOf(text) };
  if (text === undefined)
    throw new CliError(
      EXIT.usage,
      `${fn.name} runs on a ${scope.name}`,
      `say on which: --target ${scope.name === 'shard' ? '3' : '42'}`,
    );
  return { scope: scope.name, key: integerKey(text, scope.targetBytes) };
}

function integerKey(text: string, bytes: number): Uint8Array {
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value >> BigInt(bytes * 8) !== 0n)
    throw new CliError(
      EXIT.usage,
      `--target ${text} is no integer of ${bytes * 8} bits`,
      'write it in decimal or as 0x…',
    );
  return fromHex(value.toString(16).padStart(bytes * 2, '0')).reverse();
}
