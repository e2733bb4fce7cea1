// What the definition of one Kubernetes object consists of. Types and names only; each kind fills one in, and parsing, the CRD
// and the documents are derived from it.
import type { Field, RootRule } from './schema.ts';

export const API_GROUP = 'rexnet.dev';
export const API_GROUP_VERSION = 'v1alpha1';
export const API_VERSION = `${API_GROUP}/${API_GROUP_VERSION}`;

/** A column of kubectl get; priority 1 is shown by -o wide. */
export type Column = {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly format?: 'int64';
  readonly jsonPath: string;
  readonly priority?: 1;
};

export type Definition<Spec> = {
  readonly names: {
    readonly kind: string;
    readonly listKind: string;
    readonly plural: string;
    readonly singular: string;
    readonly shortNames: readonly string[];
    readonly categories: readonly string[];
  };
  /** Bounds of metadata.name; absent where the bounds of Kubernetes suffice. */
  readonly nameBounds?: { readonly maxLength: number; readonly pattern?: string };
  /** Who writes objects of this kind: people, or the operator alone. */
  readonly writtenBy: 'people' | 'operator';
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath: string;
  };
  readonly selectableFields: readonly string[];
  readonly columns: readonly Column[];
  readonly description: string;
  readonly rules: readonly RootRule<{ readonly spec: Spec }>[];
  readonly spec: Field;
  readonly status: Field;
};

/** A definition whose rules are not called, only read. */
export type AnyDefinition = Definition<never>;

/** JSON path of a part of a condition, for a column. */
export function conditionPath(type: string, part: 'status' | 'reason' | 'message'): string {
  return `.status.conditions[?(@.type=="${type}")].${part}`;
}

/** The paths below which nothing may change, from the rules that say so. */
export function frozenPaths({ rules }: AnyDefinition): readonly string[] {
  return rules.flatMap((rule) => (rule.kind === 'transition' ? rule.freezes : []));
}
