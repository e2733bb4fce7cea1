// Statements -> IR: control flow, declarations, relays. Temporaries live as long as their statement.
import type { Body } from './body.ts';
import { storeCell } from './cells.ts';
import { encodeAll } from './encode.ts';
import { assignGas, GAS } from './gas.ts';
import { add32, global, type Expr as Ir, i32, type Label, load, not } from './ir.ts';
import { repOf } from './layout.ts';
import { defaultOf, lowerExpr, lowerList } from './lower-expressions.ts';
import type { Block, Declare, Expr, RelayStmt, Stmt } from './program.ts';
import { KEY_BYTES, RECORD, RELAY_KIND, RT, SCOPE_CODE } from './rt.ts';
import { sizeBytes } from './types.ts';

export function lowerBlock(body: Body, block: Block): void {
  for (const stmt of block.body) body.f.scoped(() => lowerStmt(body, stmt));
}

function lowerStmt(body: Body, stmt: Stmt): void {
  const { f } = body;
  switch (stmt.kind) {
    case 'block':
      lowerBlock(body, stmt);
      return;
    case 'declare':
      declare(body, stmt);
      return;
    case 'evaluate':
      lowerExpr(body, stmt.expr);
      return;
    case 'if':
      lowerIf(body, stmt);
      return;
    case 'while':
      loop(body, stmt.condition, stmt.body, undefined);
      return;
    case 'for':
      if (stmt.init) lowerStmt(body, stmt.init);
      loop(body, stmt.condition, stmt.body, stmt.step);
      return;
    case 'doWhile':
      doWhile(body, stmt.condition, stmt.body);
      return;
    case 'break':
      f.jump(body.loops.at(-1)!.exit);
      return;
    case 'continue':
      f.jump(body.loops.at(-1)!.next);
      return;
    case 'return':
      f.return(...(stmt.value ? lowerExpr(body, stmt.value) : []));
      return;
    case 'relay':
      relay(body, stmt);
  }
}

function declare(body: Body, { local, value }: Declare): void {
  body.f.charge(assignGas(local.type));
  body.assign(body.variable(local), value ? lowerExpr(body, value) : defaultOf(body, local.type));
}

/** A chain of conditions lies flat: its length is not bounded as nesting is. */
function lowerIf(body: Body, { branches, otherwise }: Stmt & { readonly kind: 'if' }): void {
  const { f } = body;
  const [first] = branches;
  if (branches.length === 1) {
    const condition = lowerExpr(body, first!.condition)[0]!;
    const no = otherwise && (() => body.branch(() => lowerBlock(body, otherwise)));
    f.if(condition, () => body.branch(() => lowerBlock(body, first!.body)), no);
    return;
  }
  body.branch(() => {
    f.block((end) => {
      for (const branch of branches) {
        f.scoped(() => {
          const condition = lowerExpr(body, branch.condition)[0]!;
          f.if(condition, () => {
            body.branch(() => lowerBlock(body, branch.body));
            f.jump(end);
          });
        });
      }
      if (otherwise) lowerBlock(body, otherwise);
    });
  });
}

/** `continue` leads to the step, or to the head where there is none. */
function loop(body: Body, condition: Expr | undefined, block: Block, step: Expr | undefined): void {
  const { f } = body;
  f.block((exit) => {
    f.loop((head) => {
      body.branch(() => {
        f.charge(GAS.loop);
        if (condition) f.scoped(() => f.jump(exit, not(lowerExpr(body, condition)[0]!)));
        if (step) {
          f.block((next) => inLoop(body, { exit, next }, block));
          f.scoped(() => lowerExpr(body, step));
        } else {
          inLoop(body, { exit, next: head }, block);
        }
        f.jump(head);
      });
    });
  });
}

function doWhile(body: Body, condition: Expr, block: Block): void {
  const { f } = body;
  f.block((exit) => {
    f.loop((head) => {
      body.branch(() => {
        f.charge(GAS.loop);
        f.block((next) => inLoop(body, { exit, next }, block));
        f.scoped(() => f.jump(head, lowerExpr(body, condition)[0]!));
      });
    });
  });
}

function inLoop(body: Body, labels: { readonly exit: Label; readonly next: Label }, block: Block): void {
  body.loops.push(labels);
  body.branch(() => lowerBlock(body, block));
  body.loops.pop();
}

/** Key and arguments are encoded here and copied by the runtime. */
function relay(body: Body, stmt: RelayStmt): void {
  const { m, f } = body;
  const { target } = stmt;
  const params = body.unit.contract.functions[stmt.opcode]!.params;
  const operands = target.kind === 'key' ? [target.key, ...stmt.args] : stmt.args;
  const values = lowerList(body, operands).map((value) => value.map((part) => f.atom(part)));
  f.charge(GAS.relay);
  let kind: number = RELAY_KIND.next;
  let scope: Ir = load('i32.load8_u', global(m.descriptor), RECORD.scope);
  let key: Ir = add32(global(m.descriptor), RECORD.key);
  let keyBytes: number = KEY_BYTES[body.scope];
  if (target.kind === 'key') {
    kind = RELAY_KIND.key;
    scope = i32(SCOPE_CODE[target.scope]);
    keyBytes = KEY_BYTES[target.scope];
    key = keyPointer(body, target.key, values.shift()!);
  } else if (target.kind !== 'next') {
    const to = target.kind === 'shards' ? 'shard' : 'global';
    kind = RELAY_KIND[target.kind];
    scope = i32(SCOPE_CODE[to]);
    keyBytes = 0;
  }
  const [args, size] = encodeAll(
    m,
    f,
    params.map((param, index) => ({ type: param.type, value: values[index]! })),
  );
  f.call(RT.relay, i32(kind), scope, key, i32(keyBytes), i32(stmt.opcode), args, size);
}

function keyPointer({ f }: Body, { type }: Expr, value: readonly Ir[]): Ir {
  if (repOf(type) === 'bytes') return value[0]!;
  const at = f.alloc(sizeBytes(type)!);
  storeCell(f, type, at, 0, value);
  return at;
}
