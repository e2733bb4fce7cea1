// Turns an object's definition into the CustomResourceDefinition a cluster is given. Pure: it returns the object, and leaves
// writing and installing it to others.
import type { Field, RootRule } from './schema.ts';
import { NAME_MAX_LENGTH, NAME_PATTERN, TESTNET, type TestnetObject } from './testnet.ts';

type Json = { readonly [key: string]: unknown };

function schemaOf(field: Field): Json {
  switch (field.kind) {
    case 'string':
    case 'integer':
    case 'boolean': {
      const { rules: _rules, ...options } = field.options;
      const shown = Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'patternMeans'));
      return { type: field.kind, ...shown, ...validations(field.options.rules) };
    }
    case 'intOrString': {
      const { rules, ...options } = field.options;
      return { 'x-kubernetes-int-or-string': true, ...options, ...validations(rules) };
    }
    case 'map':
      return { type: 'object', ...field.options, additionalProperties: schemaOf(field.values) };
    case 'list': {
      const { listType, mapKeys, ...options } = field.options;
      return {
        type: 'array',
        ...options,
        ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
        ...(mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': mapKeys }),
        items: schemaOf(field.items),
      };
    }
    case 'object': {
      const needed = Object.keys(field.fields).filter((name) => field.fields[name]?.presence === 'required');
      return {
        type: 'object',
        ...field.options,
        ...(needed.length === 0 ? {} : { required: needed }),
        properties: Object.fromEntries(Object.entries(field.fields).map(([name, child]) => [name, schemaOf(child)])),
      };
    }
  }
}

function validations(rules: readonly { readonly cel: string; readonly message: string }[] | undefined): Json {
  if (rules === undefined) return {};
  return { 'x-kubernetes-validations': rules.map(({ cel, message }) => ({ rule: cel, message })) };
}

function rootValidation({ cel, message, reason, fieldPath }: RootRule<TestnetObject>): Json {
  const words = typeof message === 'string' ? { message } : { messageExpression: message.expression };
  return { rule: cel, ...words, reason, fieldPath };
}

/** The whole CustomResourceDefinition of a Testnet. */
export function testnetCrd(): Json {
  const { group, version, names, scale, selectableFields, columns, description, rules, spec, status } = TESTNET;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}`, annotations: { 'helm.sh/resource-policy': 'keep' } },
    spec: {
      group,
      scope: 'Namespaced',
      names,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {}, scale },
          selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })),
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              'x-kubernetes-validations': rules.map(rootValidation),
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: {
                  type: 'object',
                  properties: { name: { type: 'string', maxLength: NAME_MAX_LENGTH, pattern: NAME_PATTERN } },
                },
                spec: schemaOf(spec),
                status: schemaOf(status),
              },
            },
          },
        },
      ],
    },
  };
}
