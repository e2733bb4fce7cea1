// The conditions of a status, as every kind of ours has them. The schema only; what is true is decided elsewhere.
import { integer, list, object, required, string, type TypeOf } from './schema.ts';

export const CONDITIONS_MAX = 16;
/** The API server refuses a longer sentence, so whoever writes one cuts it. */
export const CONDITION_MESSAGE_MAX_LENGTH = 1024;

export const CONDITION_REASON_MAX_LENGTH = 64;
export const CONDITION_REASON_PATTERN = '^[A-Z][A-Za-z0-9]*$';

export const conditions = list(
  {
    description: 'What holds, what does not, and why.',
    maxItems: CONDITIONS_MAX,
    listType: 'map',
    mapKeys: ['type'],
  },
  object(undefined, {
    type: required(
      string({ description: 'Name, such as Ready.', maxLength: 64, pattern: '^[A-Z][A-Za-z]*$', values: 'CamelCase' }),
    ),
    status: required(string({ description: 'Whether it holds.', enum: ['True', 'False', 'Unknown'] })),
    observedGeneration: integer({
      description: 'Generation of the spec this was judged by.',
      format: 'int64',
      minimum: 0,
    }),
    lastTransitionTime: required(string({ description: 'When status last changed.', format: 'date-time' })),
    reason: required(
      string({
        description: 'One word for programs.',
        minLength: 1,
        maxLength: CONDITION_REASON_MAX_LENGTH,
        pattern: CONDITION_REASON_PATTERN,
        values: 'CamelCase',
      }),
    ),
    message: required(
      string({
        description: 'A sentence for people: what is missing and what to do.',
        maxLength: CONDITION_MESSAGE_MAX_LENGTH,
      }),
    ),
  }),
);

export type Condition = NonNullable<TypeOf<typeof conditions>>[number];
