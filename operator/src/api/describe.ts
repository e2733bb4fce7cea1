// Says in words what a field takes, what it is when left out and whether it may change later, from the same data the checks
// use: `kubectl explain` shows a description and nothing else. Words only; it judges no value.
import type { Field } from './schema.ts';

/** What stands after a field's meaning. */
export type Facts = { readonly values?: string; readonly byDefault?: string; readonly change?: string };
export type Surroundings = {
  readonly isFrozen: boolean;
  /** A status is written by the operator: it has no defaults and nobody may change it. */
  readonly part: 'spec' | 'status';
};

export function factsOf(field: Field, { isFrozen, part }: Surroundings): Facts {
  const values = valuesOf(field);
  const said = values === undefined ? {} : { values };
  if (part === 'status') return said;
  return { ...said, byDefault: defaultOf(field), change: isFrozen ? 'Cannot change after creation' : 'May change' };
}

/** 'Miner pods; 0 stops the chains. 0 to 8. Default 1. May change.' */
export function describeField(field: Field, surroundings: Surroundings): string | undefined {
  const { values, byDefault, change } = factsOf(field, surroundings);
  const parts = [field.options.description, values, byDefault, change].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.map(sentence).join(' ');
}

export function valuesOf(field: Field): string | undefined {
  switch (field.kind) {
    case 'object':
      return undefined;
    case 'map':
      return `At most ${field.options.maxProperties} names, each with a value`;
    case 'list': {
      const { minItems = 0, maxItems, mapKeys, values } = field.options;
      if (values !== undefined) return values;
      const count = minItems === 0 ? `At most ${maxItems} items` : `${minItems} to ${maxItems} items`;
      return mapKeys === undefined ? count : `${count}, one per ${mapKeys.join(' and ')}`;
    }
    case 'boolean':
      return 'true or false';
    case 'intOrString':
      return field.options.values;
    case 'integer': {
      const { minimum, maximum, enum: numbers, values } = field.options;
      if (values !== undefined) return values;
      if (numbers !== undefined) return `One of ${numbers.join(', ')}`;
      if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
      if (minimum !== undefined) return `A whole number of at least ${minimum}`;
      return maximum === undefined ? 'A whole number' : `A whole number of at most ${maximum}`;
    }
    case 'string': {
      const { minLength = 0, maxLength, enum: words, format, values } = field.options;
      if (values !== undefined) return values;
      if (words !== undefined) return `One of ${words.join(', ')}`;
      if (format === 'date-time') return 'A time such as 2025-01-31T12:00:00Z';
      if (maxLength === undefined) return 'Text';
      return minLength === 0
        ? `Text of at most ${maxLength} characters`
        : `Text of ${minLength} to ${maxLength} characters`;
    }
  }
}

function defaultOf(field: Field): string {
  if (field.presence === 'required') return 'Required';
  if (field.kind === 'object')
    return field.presence === 'defaulted' ? 'Default: those of its fields' : 'Absent unless written';
  const fallback = 'default' in field.options ? field.options.default : undefined;
  if (fallback === undefined) return 'No default';
  if (fallback === '') return 'Default: empty';
  return `Default ${Array.isArray(fallback) ? `[${fallback.join(', ')}]` : String(fallback)}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
