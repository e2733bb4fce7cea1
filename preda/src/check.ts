// One contract from syntax to typed program: imports, members, bodies, then the rules that need all of them.
import type { File, Import, TypeName } from './ast.ts';
import { failBroadcast } from './check-calls.ts';
import { declareAll, sameParams } from './check-declarations.ts';
import { checkFunctionBody } from './check-statements.ts';
import { resolveType } from './check-types.ts';
import { fail, type Reporter } from './diagnostics.ts';
import { MAX_FUNCTIONS } from './limits.ts';
import {
  checkFree,
  checkSpelling,
  declareBroken,
  declareLocal,
  type Env,
  type Module,
  PREDECLARED,
  type Signature,
  type Unit,
} from './names.ts';
import type { Contract, FunctionDef } from './program.ts';
import type { Span } from './source.ts';
import { type InterfaceFunction, sameType, type Type, type TypeKind, type TypeOf } from './types.ts';

export type CheckedContract = { readonly contract: Contract; readonly module: Module };

/** `contracts` holds what may be imported. The result means nothing when anything was reported. */
export function checkContract(file: File, contracts: ReadonlyMap<string, Module>, reporter: Reporter): CheckedContract {
  const unit = createUnit(file, contracts, reporter);
  const imports = file.imports
    .map((node) => reporter.attempt(() => declareImport(unit, node)))
    .filter((found) => found !== undefined);
  declareImplicitImports(unit);
  declareAll(unit);
  const { functions } = unit.module;
  unit.nextOpcode = functions.length;
  for (const signature of functions) checkBody(unit, signature);
  reporter.attempt(() => checkCount(unit));
  checkBroadcasts(unit);
  const implemented = unit.decl.implements.map((node) => reporter.attempt(() => checkImplements(unit, node)));
  const contract: Contract = {
    name: unit.module.name,
    span: unit.decl.span,
    imports,
    implemented: implemented.filter((found) => found !== undefined),
    enums: typesOf(unit, 'enum').map((type) => type.info),
    structs: typesOf(unit, 'struct').map((type) => type.info),
    interfaces: typesOf(unit, 'interface').map((type) => ({ ...type.info, span: spanOfMember(unit, type.info.name) })),
    constants: unit.constants,
    state: unit.state,
    functions: functionsOf(unit),
    declaredCount: functions.length,
    ...roleOf(functions),
  };
  return { contract, module: unit.module };
}

function createUnit({ contract: decl }: File, contracts: ReadonlyMap<string, Module>, reporter: Reporter): Unit {
  const name = decl.name.text;
  const module: Module = { name, types: new Map(), functions: [], imports: new Map(), broadcasters: new Set() };
  reporter.attempt(() => checkSpelling(decl.name));
  return {
    decl,
    module,
    reporter,
    contracts,
    symbols: new Map([...PREDECLARED, [name, { kind: 'self' }]]),
    state: { global: [], shard: [], address: [], uint32: [], uint64: [], uint128: [], uint256: [], uint512: [] },
    constants: [],
    typeCounts: { struct: 0, enum: 0, interface: 0 },
    bodies: new Map(),
    nextOpcode: 0,
    relayTargets: new Set(),
    calls: [],
  };
}

function declareImport(unit: Unit, { name, alias: given, span }: Import): Contract['imports'][number] {
  const alias = given ?? name;
  const module = unit.contracts.get(name.text);
  if (!module) unit.symbols.set(alias.text, unit.symbols.get(alias.text) ?? { kind: 'broken' });
  if (!module) fail(5, name.span, `no contract \`${name.text}\` to import`, 'compile it together with this one');
  if (unit.module.imports.get(alias.text) === module) fail(4, span, `\`${name.text}\` is imported twice`);
  if (unit.symbols.has(alias.text))
    fail(6, alias.span, `\`${alias.text}\` is already taken`, `import ${name.text} as …;`);
  checkFree(unit, alias);
  unit.module.imports.set(alias.text, module);
  unit.symbols.set(alias.text, { kind: 'module', module });
  return { contract: module.name, alias: alias.text, span };
}

/** What imports import is known under its own name. */
function declareImplicitImports(unit: Unit): void {
  for (const direct of unit.module.imports.values()) {
    for (const module of direct.imports.values()) {
      if (!unit.symbols.has(module.name)) unit.symbols.set(module.name, { kind: 'module', module });
    }
  }
}

function checkBody(unit: Unit, signature: Signature): void {
  const { opcode, name, scope, isConst, returns, returnsConst, isPublic, isExport, role, decl, span } = signature;
  const { reporter } = unit;
  const env: Env = {
    unit,
    opcode,
    name,
    scope,
    isConst,
    returns,
    returnsConst,
    locals: [],
    blocks: [new Map()],
    loops: 0,
  };
  for (const [i, param] of signature.params.entries()) {
    const declared = reporter.attempt(() => declareLocal(env, decl.params[i]!.name, param.type, param.isConst));
    if (!declared) declareBroken(env, decl.params[i]!.name);
  }
  const rest = { isPublic, isExport, isLambda: false, role, span };
  checkFunctionBody(env, env.locals.slice(), decl.body, rest);
  reporter.attempt(() => {
    const endsWell = returns.kind === 'void' || decl.body.body.at(-1)?.kind === 'return';
    if (!endsWell)
      fail(31, span, `the last statement of \`${name}\` must be \`return\``, 'also when all branches above return');
  });
}

function checkCount(unit: Unit): void {
  if (unit.nextOpcode > MAX_FUNCTIONS) {
    fail(2005, unit.decl.name.span, `${unit.nextOpcode} functions, lambdas included: more than ${MAX_FUNCTIONS}`);
  }
}

/** A `@global` const function may be called from elsewhere unless it sends `relay@shards`, itself or through its calls. */
function checkBroadcasts(unit: Unit): void {
  const { broadcasters } = unit.module;
  for (let before = -1; before !== broadcasters.size; ) {
    before = broadcasters.size;
    for (const call of unit.calls) {
      unit.reporter.spend(call.span);
      if (call.fromScope === 'global' && broadcasters.has(call.to.opcode)) broadcasters.add(call.from);
    }
  }
  for (const { fromScope, to, span } of unit.calls) {
    const isForbidden = fromScope !== 'global' && to.scope === 'global' && broadcasters.has(to.opcode);
    if (isForbidden) unit.reporter.attempt(() => failBroadcast(span, to.name));
  }
}

function checkImplements(unit: Unit, node: TypeName): Contract['implemented'][number] {
  const type = resolveType(unit, node);
  if (type.kind !== 'interface') return fail(47, node.span, `${type.id} is not an interface`);
  for (const wanted of type.info.functions) unit.reporter.attempt(() => checkImplementation(unit, wanted, node.span));
  return { info: type.info, span: node.span };
}

function checkImplementation(unit: Unit, wanted: InterfaceFunction, span: Span): void {
  const found = unit.module.functions.find(
    (candidate) => candidate.name === wanted.name && sameParams(candidate, wanted),
  );
  const isSame = found && sameType(found.returns, wanted.returns) && found.returnsConst === wanted.returnsConst;
  if (!isSame) fail(80, span, `function \`${headOf(wanted)}\` of the interface is missing`);
  if (found.scope !== wanted.scope || found.isConst !== wanted.isConst) {
    fail(78, found.span, `the interface declares \`${headOf(wanted)}\``, 'scope and const must agree');
  }
  if (!found.isPublic) fail(79, found.span, `\`${found.name}\` implements an interface and must be public`);
}

function headOf({ scope, returns, name, params, isConst }: InterfaceFunction): string {
  const result = returns.kind === 'void' ? '' : `${returns.id} `;
  return `@${scope} function ${result}${name}(${params.map((param) => param.type.id).join(', ')})${isConst ? ' const' : ''}`;
}

function typesOf<K extends TypeKind>(unit: Unit, kind: K): readonly TypeOf<K>[] {
  return [...unit.module.types.values()].filter((type: Type): type is TypeOf<K> => type.kind === kind);
}

const spanOfMember = (unit: Unit, name: string): Span =>
  unit.decl.members.find((member) => member.name.text === name)?.name.span ?? unit.decl.span;

function functionsOf(unit: Unit): readonly FunctionDef[] {
  const opcodes = [...unit.bodies.keys()].sort((a, b) => a - b);
  return opcodes.map((opcode) => ({ ...unit.bodies.get(opcode)!, isRelayTarget: unit.relayTargets.has(opcode) }));
}

function roleOf(functions: readonly Signature[]): Pick<Contract, 'onDeploy' | 'onScaleout'> {
  const onDeploy = functions.find((signature) => signature.role === 'on_deploy')?.opcode;
  const onScaleout = functions.find((signature) => signature.role === 'on_scaleout')?.opcode;
  return { ...(onDeploy !== undefined && { onDeploy }), ...(onScaleout !== undefined && { onScaleout }) };
}
