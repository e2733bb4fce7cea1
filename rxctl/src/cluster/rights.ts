// What somebody without all rights still sees: lists that are refused are unknown, not an error. And what he may do, as the cluster
// answers it before he tries.
import { KubeError } from '@rexnet/operator/kube/errors.ts';
import { apiVersionOf, type KubeObject, type Resource } from '@rexnet/operator/kube/resources.ts';
import type { List } from '@rexnet/operator/kube/rest.ts';
import { asked, type Cluster } from './cluster.ts';

export type Right = { readonly verb: string; readonly resource: string; readonly group: string; readonly use: string };
type Answer = KubeObject & { readonly status?: { readonly allowed?: boolean } };

export const REACHING_NODES: Right = {
  ...{ verb: 'create', group: '', resource: 'pods/portforward' },
  use: 'reaching nodes: top, call, send, tx',
};
const REVIEWS: Resource = {
  ...{ group: 'authorization.k8s.io', version: 'v1', namespaced: false },
  ...{ plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
};
/** Nothing is written, and yet the client wants to know by whom. */
const FIELD_MANAGER = 'rxctl';

export async function isAllowed(
  { rest, namespace }: Cluster,
  { verb, group, resource: path }: Right,
): Promise<boolean> {
  const [resource, subresource] = path.split('/');
  const resourceAttributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const named = { apiVersion: apiVersionOf(REVIEWS), kind: REVIEWS.kind };
  // It has no name: it is a question.
  const question = { ...named, metadata: {}, spec: { resourceAttributes } } as unknown as Answer;
  const made = await asked(rest.create<Answer>(REVIEWS, question, { fieldManager: FIELD_MANAGER }));
  return made.kind === 'created' && made.object.status?.allowed === true;
}

/** Undefined where we may not look. */
export async function ifAllowed<T extends KubeObject>(list: Promise<List<T>>): Promise<readonly T[] | undefined> {
  try {
    return (await list).items;
  } catch (error) {
    if (error instanceof KubeError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}

/** Names of what is closed to us; undefined where nothing is. */
export function unseenOf(parts: Readonly<Record<string, boolean>>): readonly string[] | undefined {
  const closed = Object.keys(parts).filter((name) => parts[name]);
  return closed.length === 0 ? undefined : closed;
}
