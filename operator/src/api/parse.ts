// From an unknown value to a Testnet with all its defaults, or to the list of what is wrong with it. It reads no files and
// knows no YAML: whoever does adds lines to the paths.
import { check, isRecord, type Path, PROBLEMS_MAX, type Problem } from './check.ts';
import { suggest } from './suggest.ts';
import { API_VERSION, NAME_MAX_LENGTH, NAME_PATTERN, TESTNET, type Testnet, type TestnetSpec } from './testnet.ts';

export type Parsed = { readonly testnet: Testnet } | { readonly problems: readonly Problem[] };

const TOP_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
const NAME = new RegExp(NAME_PATTERN);

/** Checks a document against the Testnet schema and its rules, and fills in the defaults. */
export function parseTestnet(document: unknown): Parsed {
  const problems: Problem[] = [];
  const report = (problem: Problem): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(problem);
  };
  if (!isRecord(document)) {
    return {
      problems: [
        {
          path: [],
          message: 'this is no Kubernetes object',
          cure: `begin with apiVersion: ${API_VERSION} and kind: Testnet`,
        },
      ],
    };
  }
  const name = checkFrame(document, report);
  // The parser is the one place that turns a checked value into a type.
  const spec = check(
    TESTNET.spec,
    document['spec'] ?? (Object.hasOwn(document, 'spec') ? null : {}),
    ['spec'],
    report,
  ) as TestnetSpec;
  if (problems.length === 0) for (const problem of stateProblems(spec)) report(problem);
  return problems.length === 0 ? { testnet: { name, spec } } : { problems };
}

function stateProblems(spec: TestnetSpec): readonly Problem[] {
  return TESTNET.rules.flatMap((rule) =>
    rule.kind === 'state' && !rule.holds({ spec }) ? [rootProblem(rule, spec)] : [],
  );
}

/** What may not change on a testnet that exists already. */
export function changeProblems(spec: TestnetSpec, old: TestnetSpec): readonly Problem[] {
  return TESTNET.rules.flatMap((rule) =>
    rule.kind === 'transition' && !rule.holds({ spec }, { spec: old }) ? [rootProblem(rule, spec)] : [],
  );
}

function rootProblem({ message, cure, fieldPath }: (typeof TESTNET.rules)[number], spec: TestnetSpec): Problem {
  const path: Path = fieldPath.split('.').filter((part) => part !== '');
  return { path, message: typeof message === 'string' ? message : message.render({ spec }), cure };
}

function checkFrame(document: Readonly<Record<string, unknown>>, report: (problem: Problem) => void): string {
  for (const key of Object.keys(document)) {
    if (TOP_FIELDS.includes(key)) continue;
    const isSpecField = TESTNET.spec.kind === 'object' && Object.hasOwn(TESTNET.spec.fields, key);
    const meant = isSpecField ? `spec.${key}` : suggest(key, TOP_FIELDS);
    report({
      path: [key],
      message: `${key} is no field of a Testnet`,
      cure: meant === undefined ? 'remove it' : `did you mean ${meant}?`,
    });
  }
  for (const [key, wanted] of [
    ['apiVersion', API_VERSION],
    ['kind', TESTNET.names.kind],
  ] as const) {
    const found = document[key];
    if (found !== wanted)
      report({
        path: [key],
        message: `${key} is ${found === undefined ? 'missing' : JSON.stringify(found)}, but must be ${wanted}`,
        cure: `write ${key}: ${wanted}`,
      });
  }
  return checkName(document['metadata'], report);
}

function checkName(metadata: unknown, report: (problem: Problem) => void): string {
  const path = ['metadata', 'name'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string') {
    const message =
      name === undefined
        ? 'metadata.name is missing'
        : `metadata.name is the ${typeof name} ${String(name)}, but must be text`;
    report({
      path: name === undefined ? ['metadata'] : path,
      message,
      cure: name === undefined ? 'add metadata: {name: demo}' : 'put it in quotes',
    });
    return '';
  }
  if (name.length > NAME_MAX_LENGTH) {
    report({
      path,
      message: `metadata.name has ${name.length} characters, at most ${NAME_MAX_LENGTH} are allowed`,
      cure: `shorten it, such as ${name.slice(0, NAME_MAX_LENGTH).replace(/-+$/, '')}`,
    });
  } else if (!NAME.test(name)) {
    const lower = name.toLowerCase();
    report({
      path,
      message: `metadata.name is ${JSON.stringify(name)}, but must be lower-case letters, digits and dashes, begin with a letter and end with a letter or digit`,
      cure: NAME.test(lower) ? `write ${lower}` : 'write a name such as demo or net-2',
    });
  }
  return name;
}
