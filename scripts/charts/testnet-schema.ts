// The closed schema of charts/testnet: its own few values and every field of a Testnet's spec, from the definition of the
// operator. Rules across fields and messages are left to the API server, which has the better words.
import { isFrozen } from '@rexnet/operator/api/crd.ts';
import { frozenPaths } from '@rexnet/operator/api/definition.ts';
import { describeField } from '@rexnet/operator/api/describe.ts';
import type { Field, Fields } from '@rexnet/operator/api/schema.ts';
import { NAME_MAX_LENGTH, TESTNET } from '@rexnet/operator/api/testnet.ts';
import { specFields } from './spec-fields.ts';

type Json = { readonly [key: string]: unknown };

const FROZEN = frozenPaths(TESTNET);
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };

/** What the chart takes besides the fields of spec. */
const OWN: Json = {
  global: { type: 'object', description: 'Read by nobody here; Helm adds it to the values of a subchart.' },
  name: {
    type: 'string',
    maxLength: NAME_MAX_LENGTH,
    description: 'Name of the Testnet. Empty means that of the release.',
  },
  labels: { ...TEXTS, description: 'Labels of the Testnet beside those of the chart.' },
  annotations: { ...TEXTS, description: 'Annotations of the Testnet.' },
  autoscaling: {
    type: 'object',
    additionalProperties: false,
    description: 'A HorizontalPodAutoscaler writes the number of groups; the value groups is then left alone.',
    properties: {
      enabled: { type: 'boolean' },
      minGroups: { type: 'integer', minimum: 1, maximum: 1024 },
      maxGroups: { type: 'integer', minimum: 1, maximum: 1024 },
      metric: {
        type: 'string',
        minLength: 1,
        description:
          'Name of an external metric with the label testnet, as an adapter for Prometheus or KEDA serves it.',
      },
      targetPerGroup: { type: 'string', minLength: 1, description: 'Quantity of the metric that one group is for.' },
    },
  },
};

export function testnetValuesSchema(): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart testnet',
    type: 'object',
    additionalProperties: false,
    properties: { ...OWN, ...propertiesOf(specFields(), '.spec') },
  };
}

function propertiesOf(fields: Fields, path: string): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, child]) => [name, schemaOf(child, `${path}.${name}`)]));
}

function schemaOf(field: Field, path: string): Json {
  const description =
    field.options.description === undefined
      ? undefined
      : describeField(field, { part: 'spec', isFrozen: isFrozen(path, FROZEN) });
  return { ...shapeOf(field, path), ...(description === undefined ? {} : { description }) };
}

function shapeOf(field: Field, path: string): Json {
  switch (field.kind) {
    case 'string': {
      const { minLength, maxLength, enum: words } = field.options;
      return given({ type: 'string', minLength, maxLength, enum: words });
    }
    case 'integer': {
      const { minimum, maximum, enum: numbers } = field.options;
      return given({ type: 'integer', minimum, maximum, enum: numbers });
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'intOrString':
      return { type: ['integer', 'string'] };
    case 'map':
      return { type: 'object', maxProperties: field.options.maxProperties, additionalProperties: { type: 'string' } };
    case 'list': {
      const { minItems, maxItems } = field.options;
      return given({ type: 'array', minItems, maxItems, items: schemaOf(field.items, `${path}[]`) });
    }
    case 'object': {
      const required = Object.keys(field.fields).filter((name) => field.fields[name]?.presence === 'required');
      return {
        type: 'object',
        additionalProperties: false,
        ...(required.length === 0 ? {} : { required }),
        properties: propertiesOf(field.fields, path),
      };
    }
  }
}

function given(facts: Readonly<Record<string, unknown>>): Json {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
