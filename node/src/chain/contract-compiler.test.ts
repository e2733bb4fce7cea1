import { expect, test } from 'vitest';
import { predaCompiler } from './contract-compiler.ts';

const LIMITS = { compilerSteps: 4_000_000, sourceBytes: 65_536, nesting: 256 };
const nested = (depth: number): string =>
  `contract Deep { @address uint64 n; @address function hit() export { n = ${'('.repeat(depth)}1u64${')'.repeat(depth)}; } }`;
const chained = (length: number): string =>
  `contract Long { @address uint64 n; @address function hit() export { n = ${Array(length).fill('1u64').join(' + ')}; } }`;

test('a source is refused by what genesis bounds, and by nothing else', () => {
  expect(predaCompiler(LIMITS)(nested(100))?.name).toBe('Deep');
  expect(predaCompiler({ ...LIMITS, nesting: 100 })(nested(100))).toBeUndefined();
  expect(predaCompiler({ ...LIMITS, nesting: 110 })(nested(100))?.name).toBe('Deep');
  expect(predaCompiler({ ...LIMITS, nesting: 100 })(chained(150))).toBeUndefined();
  expect(predaCompiler({ ...LIMITS, nesting: 160 })(chained(150))?.name).toBe('Long');
  expect(predaCompiler({ ...LIMITS, compilerSteps: 100 })(nested(100))).toBeUndefined();
  expect(predaCompiler({ ...LIMITS, sourceBytes: 100 })(nested(100))).toBeUndefined();
});
