// The bounds of a compilation and the way a check is abandoned. No clock is read: the same source always fails or passes alike.
import type { Diagnostic } from './diagnostics.ts';

export const MAX_SOURCE_BYTES = 64 * 1024;
/** Depth of statements, expressions and types, each counted from its outermost. */
export const MAX_NESTING = 256;
/** Tokens, nodes and comparisons of one set of sources; ordinary contracts stay below 100,000. */
export const MAX_STEPS = 4_000_000;
export const MAX_FUNCTIONS = 255;
export const MAX_STRUCT_FIELDS = 255;
/** Fields of a struct with the fields of its fields: bounds what one default value may unfold to. */
export const MAX_FLAT_FIELDS = 4_096;
export const MAX_ENUM_VALUES = 65_535;
export const MAX_DIAGNOSTICS = 100;
/** Scattered containers per key size, over `@global` and `@shard` together. */
export const MAX_SCATTERED_PER_KEY_SIZE = 16;

/** Ends the check of one declaration or statement. Without a diagnostic the cause has been reported already. */
export class Rejected extends Error {
  readonly diagnostic: Diagnostic | undefined;
  /** A fatal one ends the whole analysis. */
  readonly fatal: boolean;
  constructor(diagnostic: Diagnostic | undefined, fatal = false) {
    super(diagnostic?.message ?? 'reported already');
    this.diagnostic = diagnostic;
    this.fatal = fatal;
  }
}
