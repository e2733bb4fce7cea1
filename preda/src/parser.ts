// Tokens of one file to its syntax tree: imports, the contract and its members. Names and types are not looked up.
import type {
  ContractDecl,
  EnumDecl,
  File,
  FunctionHead,
  Import,
  InterfaceDecl,
  Member,
  Name,
  Param,
  StructDecl,
} from './ast.ts';
import { Cursor } from './cursor.ts';
import type { Reporter } from './diagnostics.ts';
import { tokenize } from './lexer.ts';
import { parseExpr, parseName, parseType, parseTypeName } from './parse-expressions.ts';
import { parseBlock } from './parse-statements.ts';
import type { Source } from './source.ts';

export function parseFile(source: Source, reporter: Reporter): File {
  const cursor = new Cursor(tokenize(source, reporter), reporter);
  const imports: Import[] = [];
  while (cursor.at('import')) imports.push(parseImport(cursor));
  const contract = parseContract(cursor);
  if (cursor.token.kind !== 'end') {
    cursor.failExpecting(
      'the end of the file',
      cursor.at('contract') ? 'a file holds exactly one contract' : undefined,
    );
  }
  return { imports, contract };
}

function parseImport(cursor: Cursor): Import {
  const begin = cursor.take().span;
  const first = parseName(cursor, 'a contract');
  const second = cursor.accept('.') ? parseName(cursor, 'a contract') : undefined;
  const alias = cursor.accept('as') ? parseName(cursor, 'another name for the contract') : undefined;
  cursor.expect(';', 'after the import');
  return {
    name: second ?? first,
    ...(second && { dapp: first }),
    ...(alias && { alias }),
    span: cursor.since(begin),
  };
}

function parseContract(cursor: Cursor): ContractDecl {
  skipAnnotation(cursor);
  const begin = cursor.expect('contract', 'or an import').span;
  const name = parseName(cursor, 'a contract name');
  const interfaces = [];
  if (cursor.accept('implements')) {
    do interfaces.push(parseTypeName(cursor));
    while (cursor.accept(','));
  }
  cursor.expect('{', "to begin the contract's body");
  const members: Member[] = [];
  while (!cursor.at('}')) members.push(parseMember(cursor));
  cursor.take();
  return { name, implements: interfaces, members, span: cursor.since(begin) };
}

function parseMember(cursor: Cursor): Member {
  skipAnnotation(cursor);
  if (cursor.at('const')) return parseConst(cursor);
  if (cursor.at('struct')) return parseStruct(cursor);
  if (cursor.at('enum')) return parseEnum(cursor);
  if (cursor.at('interface')) return parseInterface(cursor);
  const scope = parseScope(cursor);
  if (cursor.at('function')) {
    const head = parseHead(cursor, scope);
    return { kind: 'function', ...head, body: parseBlock(cursor, "to begin the function's body") };
  }
  if (!scope && cursor.token.kind !== 'word' && cursor.token.kind !== 'keyword')
    cursor.failExpecting('a member or `}`');
  const type = parseType(cursor);
  const name = parseName(cursor, 'a name for the state variable');
  const hint = cursor.at('=') ? 'state begins as zero; set other values in on_deploy' : undefined;
  if (!cursor.accept(';')) cursor.failExpecting('`;` after the state variable', hint);
  return { kind: 'state', ...(scope && { scope }), type, name };
}

/** `[key = literal, …]`: part of the language without a meaning. */
function skipAnnotation(cursor: Cursor): void {
  if (!cursor.accept('[')) return;
  cursor.list(']', () => {
    parseName(cursor, 'a key');
    cursor.expect('=', 'after the key');
    cursor.accept('-');
    const { kind } = cursor.token;
    const isLiteral =
      kind !== 'word' &&
      kind !== 'symbol' &&
      kind !== 'end' &&
      (kind !== 'keyword' || cursor.at('true') || cursor.at('false'));
    if (!isLiteral) cursor.failExpecting('a literal');
    cursor.take();
  });
}

const SCOPE_WORD = /^(global|shard|address|uint\d+)$/;

function parseScope(cursor: Cursor): Name | undefined {
  if (!cursor.accept('@')) return undefined;
  if (!SCOPE_WORD.test(cursor.token.text)) {
    cursor.failExpecting('a scope', 'scopes are global, shard, address, uint32, uint64, uint128, uint256, uint512');
  }
  const { text, span } = cursor.take();
  return { text, span };
}

function parseConst(cursor: Cursor): Member {
  cursor.take();
  const type = parseType(cursor);
  const name = parseName(cursor, 'a name for the constant');
  cursor.expect('=', 'and a value for the constant');
  const value = parseExpr(cursor);
  cursor.expect(';', 'after the constant');
  return { kind: 'const', type, name, value };
}

function parseStruct(cursor: Cursor): StructDecl {
  cursor.take();
  const name = parseName(cursor, 'a struct name');
  const fields = [];
  cursor.expect('{', 'after the struct name');
  while (!cursor.accept('}')) {
    const type = parseType(cursor);
    fields.push({ type, name: parseName(cursor, 'a field name') });
    cursor.expect(';', 'after the field');
  }
  return { kind: 'struct', name, fields };
}

function parseEnum(cursor: Cursor): EnumDecl {
  cursor.take();
  const name = parseName(cursor, 'an enum name');
  cursor.expect('{', 'after the enum name');
  return { kind: 'enum', name, values: cursor.list('}', () => parseName(cursor, 'an enumerator')) };
}

function parseInterface(cursor: Cursor): InterfaceDecl {
  cursor.take();
  const name = parseName(cursor, 'an interface name');
  const functions: FunctionHead[] = [];
  cursor.expect('{', 'after the interface name');
  while (!cursor.accept('}')) {
    skipAnnotation(cursor);
    functions.push(parseHead(cursor, parseScope(cursor)));
    cursor.expect(';', 'after the function');
  }
  return { kind: 'interface', name, functions };
}

function parseHead(cursor: Cursor, scope: Name | undefined): FunctionHead {
  cursor.expect('function', 'here');
  const hasReturns = cursor.at('const') || cursor.token.kind === 'keyword' || !cursor.at('(', 1);
  const returnsConst = cursor.accept('const');
  const returns = hasReturns ? parseType(cursor) : undefined;
  const name = parseName(cursor, 'a function name');
  cursor.expect('(', 'after the function name');
  const params = cursor.list(')', () => parseParam(cursor));
  let isPublic = false;
  let isExport = false;
  while (cursor.at('public') || cursor.at('export')) {
    if (cursor.take().text === 'public') isPublic = true;
    else isExport = true;
  }
  const isConst = cursor.accept('const');
  return {
    name,
    ...(scope && { scope }),
    ...(returns && { returns }),
    returnsConst,
    params,
    isPublic,
    isExport,
    isConst,
  };
}

function parseParam(cursor: Cursor): Param {
  const isConst = cursor.accept('const');
  const type = parseType(cursor);
  return { isConst, type, name: parseName(cursor, 'a parameter name') };
}
