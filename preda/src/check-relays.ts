// Relay statements: who may send where, to which function, and lambdas lifted to functions of their own.
import type { Relay, Expr as Syntax } from './ast.ts';
import { checkArgs, matchForm, refuseReserved } from './check-calls.ts';
import { checkExpr } from './check-expressions.ts';
import { checkFunctionBody } from './check-statements.ts';
import { checkVariableType, holdsType, isToken, resolveType } from './check-types.ts';
import { requireExact, requireShareable, requireValue } from './check-values.ts';
import { type Code, fail } from './diagnostics.ts';
import { declareLocal, type Env, lookUp, type Signature } from './names.ts';
import type { Expr, Local, RelayStmt, RelayTarget } from './program.ts';
import type { Span } from './source.ts';
import { isReference, isScattered, SCOPES, type Scope, VOID } from './types.ts';

type Route = { readonly target: RelayTarget; readonly scope: Scope; readonly mismatch: Code };
type RelayOf<K> = Relay & { readonly message: { readonly kind: K } };

export function checkRelay(env: Env, from: Scope, node: Relay): RelayStmt {
  const route = checkRoute(env, from, node);
  if (route.target.kind === 'shards') env.unit.module.broadcasters.add(env.opcode);
  const message =
    node.message.kind === 'named'
      ? checkNamed(env, route, node as RelayOf<'named'>)
      : checkLambda(env, route, node as RelayOf<'lambda'>);
  env.unit.relayTargets.add(message.opcode);
  return { kind: 'relay', target: route.target, ...message, span: node.span };
}

/** Where the message goes and which scope its function must have; the code names the error when it has another. */
function checkRoute(env: Env, from: Scope, { target }: Relay): Route {
  const { span } = target;
  switch (target.kind) {
    case 'shards':
      if (from !== 'global') fail(71, span, `relay@shards is possible in @global functions only, this one is @${from}`);
      return { target, scope: 'shard', mismatch: 19 };
    case 'global':
      if (from === 'global') fail(72, span, 'this function is @global already', 'call the function, or relay@next');
      return { target, scope: 'global', mismatch: 73 };
    case 'next':
      if (from === 'shard') fail(89, span, 'relay@next is not possible in @shard functions');
      return { target, scope: from, mismatch: 74 };
    case 'key': {
      const key = requireValue(checkExpr(env, target.expr));
      const scope = SCOPES.find((word) => word === key.type.id);
      if (!scope || scope === 'global' || scope === 'shard') {
        return fail(
          81,
          span,
          `${key.type.id} is not a scope`,
          'targets are address, uint32, uint64, uint128, uint256 or uint512',
        );
      }
      return { target: { kind: 'key', scope, key }, scope, mismatch: 74 };
    }
  }
}

function checkNamed(env: Env, route: Route, { message, span }: RelayOf<'named'>) {
  const { name } = message;
  const meaning = lookUp(env.unit, name.text, env);
  if (!meaning) fail(17, name.span, `unknown function \`${name.text}\``);
  if (meaning.kind !== 'functions') fail(18, name.span, `\`${name.text}\` is not a function`);
  const args = checkArgs(env, message.args);
  for (const arg of args) checkPayload(env, route, arg);
  const callee = matchForm(env, meaning.overloads, { name: name.text, args, span });
  refuseReserved(callee, name.span);
  if (callee.scope !== route.scope) failScope(route, callee, name.span);
  for (const [i, param] of callee.params.entries()) refuseConstToken(env, param.isConst, args[i]!);
  return { opcode: callee.opcode, args };
}

function failScope({ target, scope, mismatch }: Route, callee: Signature, span: Span): never {
  const way = target.kind === 'key' ? `relay to a ${target.scope}` : `relay@${target.kind}`;
  fail(mismatch, span, `${way} runs @${scope} functions, but \`${callee.name}\` is @${callee.scope}`);
}

/** What may travel in a message. */
function checkPayload(env: Env, { target }: Route, arg: Expr): void {
  requireValue(arg);
  if (isScattered(arg.type)) fail(93, arg.span, `${arg.type.id} can not travel in a message`);
  if (target.kind === 'shards' && holdsType(env.unit, arg.type, arg.span, isToken)) {
    fail(70, arg.span, 'a token can not be sent to all shards at once');
  }
}

function refuseConstToken(env: Env, isConst: boolean, arg: Expr): void {
  if (isConst && holdsType(env.unit, arg.type, arg.span, isToken)) {
    fail(56, arg.span, 'the token moves into the parameter, which must not be const');
  }
}

/** The body sees its parameters and the contract, nothing of the function around it. */
function checkLambda(env: Env, route: Route, { message, span }: RelayOf<'lambda'>) {
  const { unit } = env;
  const opcode = unit.nextOpcode++;
  const locals: Local[] = [];
  const inner: Env = {
    unit,
    opcode,
    name: `${env.name.split('#')[0]}#${opcode}`,
    scope: route.scope,
    isConst: message.isConst,
    returns: VOID,
    returnsConst: false,
    locals,
    blocks: [new Map()],
    loops: 0,
  };
  const args = message.params.map((param) => {
    const syntax: Syntax =
      param.kind === 'init' ? param.value : { kind: 'name', name: param.name, span: param.name.span, depth: 1 };
    const found = checkExpr(env, syntax);
    checkPayload(env, route, found);
    const type = param.kind === 'init' && param.type ? resolveType(unit, param.type) : found.type;
    checkVariableType(type, param.name.span);
    const arg = requireExact(type, found, `parameter \`${param.name.text}\``);
    const isTyped = param.kind === 'init' && param.type !== undefined;
    const declaredConst = param.kind === 'init' && param.isConst;
    const isConst = declaredConst || (!isTyped && arg.isConst && isReference(type));
    requireShareable(arg, isConst, `parameter \`${param.name.text}\``);
    refuseConstToken(env, isConst, arg);
    declareLocal(inner, param.name, type, isConst);
    return arg;
  });
  const params = locals.slice();
  const rest = { isPublic: false, isExport: false, isLambda: true, role: 'ordinary', span } as const;
  checkFunctionBody(inner, params, message.body, rest);
  return { opcode, args };
}
