// Turns an object's definition into the CustomResourceDefinition a cluster is given. Pure: it returns the object, and leaves
// writing and installing it to others.
import { type AnyDefinition, API_GROUP, API_GROUP_VERSION, frozenPaths } from './definition.ts';
import { describeField } from './describe.ts';
import type { Field, RootRule } from './schema.ts';

type Json = { readonly [key: string]: unknown };
type Place = { readonly path: string; readonly part: 'spec' | 'status'; readonly frozen: readonly string[] };

/** True for a path that is frozen itself, or lies in what is. */
export function isFrozen(path: string, frozen: readonly string[]): boolean {
  return frozen.some((root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[]`));
}

function schemaOf(field: Field, place: Place): Json {
  const description = described(field, place);
  switch (field.kind) {
    case 'string':
    case 'integer':
    case 'boolean': {
      const { rules, ...options } = field.options;
      return { type: field.kind, ...description, ...shown(options), ...validations(rules) };
    }
    case 'intOrString': {
      const { rules, ...options } = field.options;
      return { 'x-kubernetes-int-or-string': true, ...description, ...shown(options), ...validations(rules) };
    }
    case 'map':
      return {
        type: 'object',
        ...description,
        ...shown(field.options),
        additionalProperties: schemaOf(field.values, { ...place, path: `${place.path}{}` }),
      };
    case 'list': {
      const { listType, mapKeys, rules, ...options } = field.options;
      return {
        type: 'array',
        ...description,
        ...shown(options),
        ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
        ...(mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': mapKeys }),
        items: schemaOf(field.items, { ...place, path: `${place.path}[]` }),
        ...validations(rules),
      };
    }
    case 'object': {
      const needed = Object.keys(field.fields).filter((name) => field.fields[name]?.presence === 'required');
      return {
        type: 'object',
        ...description,
        ...shown(field.options),
        ...(needed.length === 0 ? {} : { required: needed }),
        properties: Object.fromEntries(
          Object.entries(field.fields).map(([name, child]) => [
            name,
            schemaOf(child, { ...place, path: `${place.path}.${name}` }),
          ]),
        ),
      };
    }
  }
}

/** Items and values without words of their own are described by what holds them. */
function described(field: Field, { path, part, frozen }: Place): Json {
  if (field.options.description === undefined) return {};
  const description = describeField(field, { part, isFrozen: isFrozen(path, frozen) });
  return description === undefined ? {} : { description };
}

/** What the API server knows of our options. */
function shown(options: object): Json {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !['values', 'description'].includes(key)));
}

function validations(rules: readonly { readonly cel: string; readonly message: string }[] | undefined): Json {
  if (rules === undefined) return {};
  return { 'x-kubernetes-validations': rules.map(({ cel, message }) => ({ rule: cel, message })) };
}

function rootValidation({ cel, message, reason, fieldPath }: RootRule<never>): Json {
  const words = typeof message === 'string' ? { message } : { messageExpression: message.expression };
  return { rule: cel, ...words, reason, fieldPath };
}

/** The whole CustomResourceDefinition of a kind. */
export function crdOf(definition: AnyDefinition): Json {
  const { names, nameBounds, scale, selectableFields, columns, description, rules, spec, status } = definition;
  const frozen = frozenPaths(definition);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${API_GROUP}`, annotations: { 'helm.sh/resource-policy': 'keep' } },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names,
      versions: [
        {
          name: API_GROUP_VERSION,
          served: true,
          storage: true,
          subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
          ...(selectableFields.length === 0
            ? {}
            : { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) }),
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              ...(spec.presence === 'required' ? { required: ['spec'] } : {}),
              'x-kubernetes-validations': rules.map(rootValidation),
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: {
                  type: 'object',
                  ...(nameBounds === undefined ? {} : { properties: { name: { type: 'string', ...nameBounds } } }),
                },
                spec: schemaOf(spec, { path: '.spec', part: 'spec', frozen }),
                status: schemaOf(status, { path: '.status', part: 'status', frozen }),
              },
            },
          },
        },
      ],
    },
  };
}
