// Holds a value against a field of the schema: fills in defaults and lists what is wrong, where, and what to do about it.
// It knows no particular object, stops at no first problem and changes nothing it was given.
import type { Field, FieldData, Rule } from './schema.ts';
import { suggest } from './suggest.ts';

export type Path = readonly (string | number)[];
export type Problem = { readonly path: Path; readonly message: string; readonly cure: string };

/** More problems than this in one file help nobody. */
export const PROBLEMS_MAX = 50;
const PERCENT = 100;
const INT32_MAX = 2_147_483_647;

type Of<K extends FieldData['kind']> = Extract<Field, { readonly kind: K }>;
/** Where problems go, and of which kind of object they are. */
export type Report = { readonly kind: string; readonly add: (problem: Problem) => void };

/** 'spec.nodeOverrides[1].group' */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** The value with its defaults; meaningful only when nothing was reported. */
export function check(field: Field, value: unknown, path: Path, report: Report): unknown {
  if (value === null) {
    report.add({ path, message: `${formatPath(path)} has no value`, cure: `${emptyCure(field)}, or remove the line` });
    return undefined;
  }
  switch (field.kind) {
    case 'string':
      return checkString(field, value, path, report);
    case 'integer':
      return checkInteger(field, value, path, report);
    case 'boolean':
      if (typeof value !== 'boolean')
        report.add(wrongType(path, value, 'true or false', 'write true or false without quotes'));
      return value;
    case 'intOrString':
      return checkIntOrString(field, value, path, report);
    case 'map':
      return checkMap(field, value, path, report);
    case 'list':
      return checkList(field, value, path, report);
    case 'object':
      return checkObject(field, value, path, report);
  }
}

function checkString(field: Of<'string'>, value: unknown, path: Path, report: Report): unknown {
  const { enum: words, minLength = 0, maxLength, pattern, rules } = field.options;
  const name = formatPath(path);
  if (typeof value !== 'string') {
    const text = field.options.default ? `text such as ${field.options.default}` : 'text';
    const wanted = words === undefined ? text : `one of ${words.join(', ')}`;
    report.add(
      wrongType(path, value, wanted, words === undefined ? textCure(field, value) : `write ${choices(words)}`),
    );
  } else if (words !== undefined && !words.includes(value)) {
    const meant = suggest(value, words);
    report.add({
      path,
      message: `${name} is ${JSON.stringify(value)}, but must be one of ${words.join(', ')}`,
      cure: meant === undefined ? `write ${choices(words)}` : `did you mean ${meant}?`,
    });
  } else if (maxLength !== undefined && lengthOf(value) > maxLength) {
    report.add({
      path,
      message: `${name} has ${lengthOf(value)} characters, at most ${maxLength} are allowed`,
      cure: 'shorten it',
    });
  } else if (lengthOf(value) < minLength) {
    report.add({ path, message: `${name} is empty`, cure: 'give it a value or remove it' });
  } else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    report.add({
      path,
      message: `${name} is ${JSON.stringify(value)}, but must be text of the form ${pattern}`,
      cure: 'write it in that form',
    });
  } else {
    checkRules(rules, value, path, report);
  }
  return value;
}

/** In characters, as the API server counts; a few take two units of JavaScript's text. */
function lengthOf(text: string): number {
  return [...text].length;
}

function checkInteger(field: Of<'integer'>, value: unknown, path: Path, report: Report): unknown {
  const { enum: numbers, format, rules } = field.options;
  const { minimum = format === 'int32' ? -INT32_MAX : Number.MIN_SAFE_INTEGER } = field.options;
  const { maximum = format === 'int32' ? INT32_MAX : Number.MAX_SAFE_INTEGER } = field.options;
  const name = formatPath(path);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    report.add(wrongType(path, value, 'a whole number', numberCure(value, field.options.maximum)));
  } else if (numbers !== undefined && !numbers.includes(value)) {
    report.add({
      path,
      message: `${name} is ${value}, but must be one of ${numbers.join(', ')}`,
      cure: `write ${nearest(value, numbers).join(' or ')}`,
    });
  } else if (value < minimum || value > maximum) {
    const bound = value < minimum ? minimum : maximum;
    report.add({
      path,
      message:
        field.options.minimum === undefined && value > maximum
          ? `${name} is ${value}, but must be at most ${maximum}`
          : `${name} is ${value}, but must lie between ${minimum} and ${maximum}`,
      cure: `write ${bound} or ${value < minimum ? 'more' : 'less'}`,
    });
  } else {
    checkRules(rules, value, path, report);
  }
  return value;
}

function checkIntOrString(field: Of<'intOrString'>, value: unknown, path: Path, report: Report): unknown {
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  if (!isWhole && typeof value !== 'string') {
    report.add(
      wrongType(
        path,
        value,
        'a whole number or a quantity such as 250m',
        typeof value === 'number' ? `write ${Math.round(value * 1000)}m` : 'write 250m',
      ),
    );
  } else {
    checkRules(field.options.rules, value, path, report);
  }
  return value;
}

function checkMap(field: Of<'map'>, value: unknown, path: Path, report: Report): unknown {
  if (!isRecord(value)) return refuse(wrongType(path, value, 'names with values', 'write name: value pairs'), report);
  const entries = Object.entries(value);
  if (entries.length > field.options.maxProperties)
    report.add(tooMany(path, entries.length, field.options.maxProperties));
  return Object.fromEntries(entries.map(([key, child]) => [key, check(field.values, child, [...path, key], report)]));
}

function checkList(field: Of<'list'>, value: unknown, path: Path, report: Report): unknown {
  if (!Array.isArray(value))
    return refuse(wrongType(path, value, 'a list', 'write a list: lines that begin with "- "'), report);
  const { minItems = 0, maxItems, mapKeys, rules } = field.options;
  if (value.length > maxItems) return refuse(tooMany(path, value.length, maxItems), report);
  if (value.length < minItems) {
    const message = `${formatPath(path)} has ${value.length} entries, at least ${minItems} must be there`;
    return refuse({ path, message, cure: 'add some, or remove the line' }, report);
  }
  let isSound = true;
  const noticed: Report = {
    kind: report.kind,
    add: (problem) => {
      isSound = false;
      report.add(problem);
    },
  };
  const items = value.map((item, index) => check(field.items, item, [...path, index], noticed));
  if (mapKeys !== undefined) checkDuplicates(items, mapKeys, path, noticed);
  if (isSound) checkRules(rules, items, path, report);
  return items;
}

function checkDuplicates(items: readonly unknown[], keys: readonly string[], path: Path, report: Report): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    if (!isRecord(item)) return;
    const identity = keys.map((key) => `${key} ${String(item[key])}`).join(', ');
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, index);
    else
      report.add({
        path: [...path, index],
        message: `${formatPath(path)} lists ${identity} twice`,
        cure: `remove one of the items ${first} and ${index}`,
      });
  });
}

function checkObject(field: Of<'object'>, value: unknown, path: Path, report: Report): unknown {
  const names = Object.keys(field.fields);
  if (!isRecord(value)) {
    const scalar = names.find((name) => field.fields[name]?.kind === 'string');
    const example =
      typeof value === 'string' && scalar !== undefined ? exampleFor(field, scalar, value) : `{${names[0]}: …}`;
    return refuse(
      wrongType(
        path,
        value,
        `an object with the fields ${names.join(', ')}`,
        typeof path.at(-1) === 'number' ? `write ${example}` : `write ${path.at(-1)}: ${example}`,
      ),
      report,
    );
  }
  for (const key of Object.keys(value))
    if (!Object.hasOwn(field.fields, key)) report.add(unknownField(report.kind, [...path, key], path, names));
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const child = field.fields[name];
    if (child === undefined) continue;
    if (Object.hasOwn(value, name)) result[name] = check(child, value[name], [...path, name], report);
    else if (child.presence === 'defaulted') result[name] = defaultOf(child);
    else if (child.presence === 'required') {
      report.add({ path, message: `${formatPath([...path, name])} is missing`, cure: `add ${name}: …` });
    }
  }
  return result;
}

/** What a field is when nobody wrote it. */
function defaultOf(field: Field): unknown {
  if (field.kind === 'object') return check(field, {}, [], { kind: '', add: () => undefined });
  return 'default' in field.options ? field.options.default : undefined;
}

function checkRules<T>(rules: readonly Rule<never>[] | undefined, value: T, path: Path, report: Report): void {
  for (const { message, cure, holds } of (rules ?? []) as readonly Rule<T>[])
    if (!holds(value)) report.add({ path, message, cure });
}

function unknownField(kind: string, path: Path, parent: Path, names: readonly string[]): Problem {
  const key = String(path.at(-1));
  const meant = key === 'replicas' && names.includes('groups') ? 'groups' : suggest(key, names);
  return {
    path,
    message: `${formatPath(path)} is no field of a ${kind}`,
    cure:
      meant === undefined
        ? `remove it; fields here are ${names.join(', ')}`
        : `did you mean ${formatPath([...parent, meant])}?`,
  };
}

function wrongType(path: Path, value: unknown, wanted: string, cure: string): Problem {
  return { path, message: `${formatPath(path)} is ${describe(value)}, but must be ${wanted}`, cure };
}

function tooMany(path: Path, count: number, maximum: number): Problem {
  return {
    path,
    message: `${formatPath(path)} has ${count} entries, at most ${maximum} are allowed`,
    cure: 'remove some',
  };
}

function refuse(problem: Problem, report: Report): undefined {
  report.add(problem);
  return undefined;
}

function exampleFor(field: Of<'object'>, name: string, value: string): string {
  const child = field.fields[name];
  const words = child?.kind === 'string' ? child.options.enum : undefined;
  return `{${name}: ${(words && suggest(value, words)) ?? words?.[0] ?? value}}`;
}

function emptyCure(field: Field): string {
  if (field.kind === 'object') return `write fields such as ${Object.keys(field.fields)[0]} below it`;
  const fallback = 'default' in field.options ? field.options.default : undefined;
  return fallback === undefined || fallback === ''
    ? 'give it a value'
    : `write a value such as ${String(fallback)} (the default)`;
}

function textCure(field: Of<'string'>, value: unknown): string {
  const ruleCure = field.options.rules?.[0]?.cure;
  if (ruleCure !== undefined) return ruleCure;
  if (field.options.default) return `write text such as ${field.options.default}`;
  return typeof value === 'object' ? 'write one word after the colon' : `put it in quotes: "${String(value)}"`;
}

function numberCure(value: unknown, maximum: number | undefined): string {
  const [, digits] = typeof value === 'string' ? (/^([0-9]+)%?$/.exec(value) ?? []) : [];
  if (digits !== undefined) return `write ${digits} without quotes`;
  if (typeof value !== 'number') return 'write a number without quotes';
  if (maximum === PERCENT && value > 0 && value < 1) return `it is in percent: write ${Math.round(value * PERCENT)}`;
  return `write ${Math.floor(value)} or ${Math.ceil(value)}`;
}

function nearest(value: number, numbers: readonly number[]): readonly number[] {
  return [numbers.findLast((number) => number < value), numbers.find((number) => number > value)].filter(
    (number) => number !== undefined,
  );
}

function choices(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
