// Original file: rexnet/v1/node.proto

export const Place = {
  PLACE_UNSPECIFIED: 'PLACE_UNSPECIFIED',
  PLACE_UNKNOWN: 'PLACE_UNKNOWN',
  PLACE_POOL: 'PLACE_POOL',
  PLACE_BLOCK: 'PLACE_BLOCK',
} as const;

export type Place =
  | 'PLACE_UNSPECIFIED'
  | 0
  | 'PLACE_UNKNOWN'
  | 1
  | 'PLACE_POOL'
  | 2
  | 'PLACE_BLOCK'
  | 3

export type Place__Output = typeof Place[keyof typeof Place]
