// From an unknown value to an object of ours with all its defaults, or to the list of what is wrong with it. It reads no files
// and knows no YAML: whoever does adds lines to the paths.
import { check, isRecord, type Path, PROBLEMS_MAX, type Problem, type Report } from './check.ts';
import { checkMetadata, SUBDOMAIN } from './check-metadata.ts';
import { type AnyDefinition, API_VERSION, type Definition } from './definition.ts';
import { KINDS } from './kinds.ts';
import type { RootRule } from './schema.ts';
import { suggest } from './suggest.ts';
import { TESTNET, type Testnet, type TestnetSpec } from './testnet.ts';

export type Parsed = { readonly testnet: Testnet } | { readonly problems: readonly Problem[] };
export type ParsedObject<Spec> =
  | { readonly object: { readonly name: string; readonly spec: Spec } }
  | { readonly problems: readonly Problem[] };

const TOP_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
/** What Kubernetes asks of any name. */
const ANY_NAME = { maxLength: 253, pattern: SUBDOMAIN };

/** Checks a document against the Testnet schema and its rules, and fills in the defaults. */
export function parseTestnet(document: unknown): Parsed {
  const parsed = parseObject(TESTNET, document);
  return 'problems' in parsed ? parsed : { testnet: parsed.object };
}

type Stored = { readonly metadata: { readonly name: string } };

/** As a server has it: its head was judged there, maybe by a Kubernetes that knows more fields than we do. */
export function parseStored<Spec>(definition: Definition<Spec>, object: Stored): ParsedObject<Spec> {
  return parseObject(definition, { ...object, metadata: { name: object.metadata.name } });
}

export function parseStoredTestnet(object: Stored): Parsed {
  const parsed = parseStored(TESTNET, object);
  return 'problems' in parsed ? parsed : { testnet: parsed.object };
}

/** The definition of a document's kind; undefined for what is no kind of ours. */
export function definitionOf(document: unknown): AnyDefinition | undefined {
  const kind = isRecord(document) ? document['kind'] : undefined;
  return KINDS.find(({ names }) => names.kind === kind);
}

/** Checks a document against a schema and its rules, and fills in the defaults. */
export function parseObject<Spec>(definition: Definition<Spec>, document: unknown): ParsedObject<Spec> {
  const problems: Problem[] = [];
  const { kind } = definition.names;
  const report: Report = {
    kind,
    add: (problem) => {
      if (problems.length < PROBLEMS_MAX) problems.push(problem);
    },
  };
  if (!isRecord(document)) {
    const cure = `begin with apiVersion: ${API_VERSION} and kind: ${kind}`;
    return { problems: [{ path: [], message: 'this is no Kubernetes object', cure }] };
  }
  const name = checkFrame(definition, document, report);
  const isThere = Object.hasOwn(document, 'spec');
  if (!isThere && definition.spec.presence === 'required') {
    report.add({ path: [], message: 'spec is missing', cure: 'add spec: and its fields below it' });
    return { problems };
  }
  // The parser is the one place that turns a checked value into a type.
  const spec = check(definition.spec, isThere ? document['spec'] : {}, ['spec'], report) as Spec;
  if (problems.length === 0) for (const problem of stateProblems(definition, spec)) report.add(problem);
  return problems.length === 0 ? { object: { name, spec } } : { problems };
}

function stateProblems<Spec>({ rules }: Definition<Spec>, spec: Spec): readonly Problem[] {
  return rules.flatMap((rule) => (rule.kind === 'state' && !rule.holds({ spec }) ? [rootProblem(rule, spec)] : []));
}

/** What may not change on a testnet that exists already. */
export function changeProblems(spec: TestnetSpec, old: TestnetSpec): readonly Problem[] {
  return changeProblemsOf(TESTNET, spec, old);
}

/** What may not change on an object that exists already. */
export function changeProblemsOf<Spec>({ rules }: Definition<Spec>, spec: Spec, old: Spec): readonly Problem[] {
  return rules.flatMap((rule) =>
    rule.kind === 'transition' && !rule.holds({ spec }, { spec: old }) ? [rootProblem(rule, spec)] : [],
  );
}

function rootProblem<Spec>({ message, cure, fieldPath }: RootRule<{ readonly spec: Spec }>, spec: Spec): Problem {
  const path: Path = fieldPath.split('.').filter((part) => part !== '');
  return { path, message: typeof message === 'string' ? message : message.render({ spec }), cure };
}

function checkFrame<Spec>(
  { names: { kind }, nameBounds = ANY_NAME, spec }: Definition<Spec>,
  document: Readonly<Record<string, unknown>>,
  report: Report,
): string {
  for (const key of Object.keys(document)) {
    if (TOP_FIELDS.includes(key)) continue;
    const isSpecField = spec.kind === 'object' && Object.hasOwn(spec.fields, key);
    const meant = isSpecField ? `spec.${key}` : suggest(key, TOP_FIELDS);
    report.add({
      path: [key],
      message: `${key} is no field of a ${kind}`,
      cure: meant === undefined ? 'remove it' : `did you mean ${meant}?`,
    });
  }
  for (const [key, wanted] of [
    ['apiVersion', API_VERSION],
    ['kind', kind],
  ] as const) {
    const found = document[key];
    if (found !== wanted)
      report.add({
        path: [key],
        message: `${key} is ${found === undefined ? 'missing' : JSON.stringify(found)}, but must be ${wanted}`,
        cure: `write ${key}: ${wanted}`,
      });
  }
  checkMetadata(document['metadata'], report);
  return checkName(document['metadata'], nameBounds, report);
}

function checkName(
  metadata: unknown,
  { maxLength, pattern = ANY_NAME.pattern }: NonNullable<Definition<never>['nameBounds']>,
  report: Report,
): string {
  const path = ['metadata', 'name'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string') {
    const message =
      name === undefined
        ? 'metadata.name is missing'
        : `metadata.name is the ${typeof name} ${String(name)}, but must be text`;
    report.add({
      path: name === undefined ? ['metadata'] : path,
      message,
      cure: name === undefined ? 'add metadata: {name: demo}' : 'put it in quotes',
    });
    return '';
  }
  const form = new RegExp(pattern);
  if (name.length > maxLength) {
    report.add({
      path,
      message: `metadata.name has ${name.length} characters, at most ${maxLength} are allowed`,
      cure: `shorten it, such as ${name.slice(0, maxLength).replace(/-+$/, '')}`,
    });
  } else if (!form.test(name)) {
    const lower = name.toLowerCase();
    const first = form.test('0') ? 'a letter or digit' : 'a letter';
    report.add({
      path,
      message: `metadata.name is ${JSON.stringify(name)}, but must be lower-case letters, digits and dashes, begin with ${first} and end with a letter or digit`,
      cure: form.test(lower) ? `write ${lower}` : 'write a name such as demo or net-2',
    });
  }
  return name;
}
