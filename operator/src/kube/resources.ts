// Which path of the API an object lives at, and the little of its shape that every object shares. Knows nothing of any kind's fields.

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Where one object is. `namespace` is absent for what has none. */
export interface Place {
  readonly name: string;
  readonly namespace?: string;
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Without a name the collection; without a namespace that of all namespaces. */
export function pathOf(resource: Resource, place: Partial<Place> = {}, subresource?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  if (namespaced && place.name !== undefined && place.namespace === undefined) {
    throw new RangeError(`${plural} ${place.name} needs a namespace`);
  }
  const parts = [root];
  if (namespaced && place.namespace !== undefined) parts.push('namespaces', encodeURIComponent(place.namespace));
  parts.push(plural);
  if (place.name !== undefined) parts.push(encodeURIComponent(place.name));
  if (subresource !== undefined) parts.push(subresource);
  return parts.join('/');
}

/** What caches and queues call an object. */
export function keyOf({ name, namespace }: Place): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function placeOf(key: string): Place {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
