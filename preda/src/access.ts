// Which scope may use which (preda.md a.9), as one table of rules. It looks at scopes only, never at code.
import { fail } from './diagnostics.ts';
import type { Span } from './source.ts';
import type { Scope } from './types.ts';

type Access = 'write' | 'read' | 'none';

/** What code running in one scope may do with state of another. Calls follow the same table: `read` allows const functions only. */
export function accessTo(from: Scope, to: Scope): Access {
  if (from === to) return 'write';
  if (to === 'global') return 'read';
  return to === 'shard' && from !== 'global' ? 'write' : 'none';
}

export function checkReachable(from: Scope, to: Scope, span: Span, what: string): void {
  if (accessTo(from, to) !== 'none') return;
  const way = to === 'shard' ? 'relay@shards' : 'relay@key';
  fail(36, span, `${what} is @${to} and can not be used from @${from}`, `send a message instead: ${way} …`);
}

export type CallRule = {
  readonly from: Scope;
  readonly to: Scope;
  readonly callerIsConst: boolean;
  readonly calleeIsConst: boolean;
};

export function checkCallable(rule: CallRule, span: Span, name: string): void {
  checkReachable(rule.from, rule.to, span, `function \`${name}\``);
  if (rule.calleeIsConst) return;
  if (accessTo(rule.from, rule.to) === 'read') {
    fail(
      76,
      span,
      `\`${name}\` changes @global state and can not be called from @${rule.from}`,
      `relay@global ${name}(…);`,
    );
  }
  if (rule.callerIsConst) fail(46, span, `\`${name}\` is not const and can not be called in a const function`);
}
