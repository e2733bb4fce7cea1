// Whose an object is that bears a name we want: by its controlling owner and that owner's uid, never by name and labels, which
// anybody may write. What belongs to somebody else is neither taken over nor deleted.
import { KubeError } from './errors.ts';
import type { KubeObject, OwnerReference, Resource } from './resources.ts';
import type { ApplyOptions, RestClient } from './rest.ts';

/** `earlier`: of an owner that was called the same and is gone, and whose objects go by themselves. */
export type Standing = 'ours' | 'earlier' | 'foreign';

/** `reason` of the error when an object of that name belongs to somebody else. */
export const NAME_TAKEN = 'NameTaken';

/** No object has it: an apply with it makes an object, and is a conflict where there is one. */
const VERSION_OF_NONE = '1';

/** What the server says of it, also when somebody makes one at the same moment. */
const IS_THERE: ReadonlySet<KubeError['code']> = new Set(['CONFLICT', 'ALREADY_EXISTS']);

export type Claim = {
  readonly wish: KubeObject;
  /** As the local copy shows it; a copy lags, and lacks what has lost the label it is made by. */
  readonly live: KubeObject | undefined;
  /** Uid of what we made: that is ours though somebody took its owner away. */
  readonly known?: string | undefined;
};

/** Server-side apply of what is ours or not there. Undefined while what an earlier owner has left is going. */
export async function applyOwned(
  rest: Pick<RestClient, 'apply' | 'get'>,
  resource: Resource,
  { wish, live, known }: Claim,
  options: ApplyOptions,
): Promise<KubeObject | undefined> {
  if (live !== undefined) {
    const standing = standingOf(live, wish);
    const isKnown = controllerOf(live) === undefined && live.metadata.uid === known;
    if (standing === 'earlier') return undefined;
    if (standing === 'foreign' && !isKnown) throw nameTaken(live, wish);
    return rest.apply(resource, wish, options);
  }
  if (controllerOf(wish) === undefined) return rest.apply(resource, wish, options);
  const fresh = { ...wish, metadata: { ...wish.metadata, resourceVersion: VERSION_OF_NONE } };
  try {
    return await rest.apply(resource, fresh, options);
  } catch (error) {
    if (!(error instanceof KubeError) || !IS_THERE.has(error.code)) throw error;
  }
  const { signal } = options;
  const found = await rest.get(resource, wish.metadata, { signal });
  return found === undefined ? undefined : applyOwned(rest, resource, { wish, live: found, known }, options);
}

function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Of what is there, for one who wishes to have it. What is wished for without an owner is anybody's. */
export function standingOf(live: KubeObject, wish: KubeObject): Standing {
  const [wanted, holder] = [controllerOf(wish), controllerOf(live)];
  if (wanted === undefined || holder?.uid === wanted.uid) return 'ours';
  return holder?.kind === wanted.kind && holder.name === wanted.name ? 'earlier' : 'foreign';
}

export function nameTaken(live: KubeObject, wish: KubeObject): KubeError {
  const [wanted, holder] = [controllerOf(wish), controllerOf(live)];
  const whose = holder === undefined ? 'to nobody' : `to ${holder.kind} ${holder.name}`;
  const owner = `${wanted?.kind} ${wanted?.name}`;
  return new KubeError(
    'CONFLICT',
    `${wish.kind} ${wish.metadata.name} is there already and belongs ${whose}, so it is left alone: delete it, and ${owner} makes its own, or take another name.`,
    { reason: NAME_TAKEN },
  );
}
