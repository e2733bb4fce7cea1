// The gas schedule of what contract code does, as data. The prices of transactions and relays are the runtime's.
import type { BinaryOp, Type } from './types.ts';

export const GAS = {
  /** bool and enum */
  boolAssign: 1,
  boolNot: 2,
  boolCompare: 3,
  /** integers, per 64-bit word */
  intAssign: 1,
  intSelf: 2,
  intSimple: 3,
  intMultiply: 5,
  /** address and hash */
  bytesAssign: 4,
  bytesCompare: 12,
  bytesConvert: 12,
  stringAssign: 2,
  stringCompare: 3,
  stringChange: 3,
  arrayAssign: 2,
  arrayAccess: 3,
  arrayChange: 3,
  mapAssign: 2,
  /** times the bit length of the number of entries */
  mapAccess: 3,
  structAssign: 2,
  fieldAccess: 1,
  decode: 5,
  encode: 3,
  loop: 8,
  call: 8,
  context: 3,
  relay: 3,
  /** One state-level map element looked up, besides what the runtime charges for its bytes. */
  elementAccess: 20,
} as const;

/** Two words for 128 bits, one for everything up to 64. */
export const wordsOf = (type: Type): number =>
  type.kind === 'int' || type.kind === 'uint' ? Math.max(1, type.bits / 64) : 1;

export function assignGas(type: Type): number {
  switch (type.kind) {
    case 'bool':
    case 'enum':
      return GAS.boolAssign;
    case 'int':
    case 'uint':
      return GAS.intAssign * wordsOf(type);
    case 'hash':
    case 'address':
      return GAS.bytesAssign;
    case 'string':
      return GAS.stringAssign;
    case 'array':
      return GAS.arrayAssign;
    case 'map':
      return GAS.mapAssign;
    default:
      return GAS.structAssign;
  }
}

export function binaryGas(op: BinaryOp, type: Type): number {
  switch (type.kind) {
    case 'int':
    case 'uint':
      return (op === '*' || op === '/' || op === '%' ? GAS.intMultiply : GAS.intSimple) * wordsOf(type);
    case 'hash':
    case 'address':
      return GAS.bytesCompare;
    case 'string':
      return GAS.stringCompare;
    default:
      return GAS.boolCompare;
  }
}
