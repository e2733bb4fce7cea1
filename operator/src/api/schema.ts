// The small language in which our Kubernetes objects are written once: fields as data, from which come the TypeScript type,
// the check on the laptop and the CRD. It knows no particular object and reads no files.

/** A rule in two tongues that must say the same: CEL for the API server, a predicate for us. */
export type Rule<T> = {
  readonly cel: string;
  readonly message: string;
  /** What to do about it, in words; shown after the message. */
  readonly cure: string;
  readonly holds: (self: T) => boolean;
};

export type Presence = 'required' | 'defaulted' | 'optional';

type Described<T> = {
  /** What it means. Values, default and mutability are said by describe.ts. */
  readonly description?: string;
  readonly rules?: readonly Rule<T>[];
  /** The values in words, where bounds and words alone do not tell them. */
  readonly values?: string;
};

export type StringOptions = Described<string> & {
  readonly default?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** For what programs write only: people never see a regular expression, they get the message of a rule. */
  readonly pattern?: string;
  readonly format?: 'date-time';
  readonly enum?: readonly string[];
};
export type IntegerOptions = Described<number> & {
  readonly default?: number;
  readonly format?: 'int32' | 'int64';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly number[];
};
export type BooleanOptions = Described<boolean> & { readonly default?: boolean };
export type IntOrStringOptions = Described<number | string> & {
  readonly default?: number | string;
  readonly maxLength?: number;
};
export type ListOptions = Described<never> & {
  readonly default?: readonly unknown[];
  readonly minItems?: number;
  readonly maxItems: number;
  readonly listType?: 'map' | 'atomic';
  readonly mapKeys?: readonly string[];
};
export type MapOptions = { readonly description?: string; readonly maxProperties: number };
type ObjectOptions = { readonly description?: string; readonly default?: Readonly<Record<string, never>> };

export type FieldData =
  | { readonly kind: 'string'; readonly options: StringOptions }
  | { readonly kind: 'integer'; readonly options: IntegerOptions }
  | { readonly kind: 'boolean'; readonly options: BooleanOptions }
  | { readonly kind: 'intOrString'; readonly options: IntOrStringOptions }
  | { readonly kind: 'list'; readonly options: ListOptions; readonly items: Field }
  | { readonly kind: 'map'; readonly options: MapOptions; readonly values: Field }
  | { readonly kind: 'object'; readonly options: ObjectOptions; readonly fields: Fields };

/** `type` is never set: it carries the TypeScript type of the value. */
export type Field<T = unknown, P extends Presence = Presence> = FieldData & { readonly presence: P; readonly type?: T };
export type Fields = { readonly [name: string]: Field };

export type TypeOf<F> = F extends { readonly type?: infer T } ? Exclude<T, undefined> : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K]['presence'] extends 'optional' ? K : never }[keyof F];
export type ObjectOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: TypeOf<F[K]>;
};
type PresenceOf<O> = O extends { readonly default: unknown } ? 'defaulted' : 'optional';
type Choice<O, Otherwise> = O extends { readonly enum: readonly (infer E)[] } ? E : Otherwise;

function presenceOf<O extends object>(options: O): PresenceOf<O> {
  return ('default' in options ? 'defaulted' : 'optional') as PresenceOf<O>;
}

export function string<const O extends StringOptions>(options: O): Field<Choice<O, string>, PresenceOf<O>> {
  return { kind: 'string', options, presence: presenceOf(options) };
}

export function integer<const O extends IntegerOptions>(options: O): Field<Choice<O, number>, PresenceOf<O>> {
  return { kind: 'integer', options, presence: presenceOf(options) };
}

export function boolean<const O extends BooleanOptions>(options: O): Field<boolean, PresenceOf<O>> {
  return { kind: 'boolean', options, presence: presenceOf(options) };
}

export function intOrString<const O extends IntOrStringOptions>(options: O): Field<number | string, PresenceOf<O>> {
  return { kind: 'intOrString', options, presence: presenceOf(options) };
}

export function list<T, P extends Presence, const O extends ListOptions>(
  options: O,
  items: Field<T, P>,
): Field<readonly T[], PresenceOf<O>> {
  return { kind: 'list', options, items, presence: presenceOf(options) };
}

export function map<T, P extends Presence>(
  options: MapOptions,
  values: Field<T, P>,
): Field<{ readonly [key: string]: T }, 'optional'> {
  return { kind: 'map', options, values, presence: 'optional' };
}

/** An object that is there even when nobody wrote it: every object on a path to a default must be one. */
export function section<const F extends Fields>(
  description: string | undefined,
  fields: F,
): Field<ObjectOf<F>, 'defaulted'> {
  return {
    kind: 'object',
    options: description === undefined ? { default: {} } : { description, default: {} },
    fields,
    presence: 'defaulted',
  };
}

/** An object that is absent unless written. */
export function object<const F extends Fields>(
  description: string | undefined,
  fields: F,
): Field<ObjectOf<F>, 'optional'> {
  return { kind: 'object', options: description === undefined ? {} : { description }, fields, presence: 'optional' };
}

export function required<T>(field: Field<T>): Field<T, 'required'> {
  return { ...field, presence: 'required' };
}

/** A rule over the whole object. `holds` of a transition rule sees the object it replaces as well. */
export type RootRule<T> = {
  readonly cel: string;
  readonly message: string | { readonly expression: string; readonly render: (self: T) => string };
  readonly cure: string;
  readonly reason: 'FieldValueForbidden' | 'FieldValueInvalid';
  readonly fieldPath: string;
} & (
  | { readonly kind: 'state'; readonly holds: (self: T) => boolean }
  | {
      readonly kind: 'transition';
      readonly holds: (self: T, old: T) => boolean;
      /** Fields that the rule keeps as they are, each with all below it: '.spec.chain'. */
      readonly freezes: readonly string[];
    }
);
