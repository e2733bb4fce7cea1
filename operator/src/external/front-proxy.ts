// Who may ask: the API server alone, which passes on what others ask of it. It proves itself by a certificate; by whom that is signed, and
// for which names, stands in a ConfigMap of the cluster. Before it passes a request on it has asked its own roles about that very path, so
// for whom it asks is not looked at here.
import type { TLSSocket } from 'node:tls';
import { KubeError } from '../kube/errors.ts';
import type { KubeObject, Resource } from '../kube/resources.ts';
import type { RestClient } from '../kube/rest.ts';

export type FrontProxy = {
  /** That signed its certificate. */
  readonly ca: string;
  /** Common names of it; empty means any. */
  readonly names: readonly string[];
};

type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const PLACE = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

export async function readFrontProxy(rest: Pick<RestClient, 'get'>, signal: AbortSignal): Promise<FrontProxy> {
  const found = await rest.get<ConfigMap>(CONFIG_MAPS, PLACE, { signal });
  const { 'requestheader-client-ca-file': ca = '', 'requestheader-allowed-names': names = '[]' } = found?.data ?? {};
  if (ca === '')
    throw new KubeError('BAD_REPLY', `${PLACE.namespace}/${PLACE.name} names no requestheader-client-ca-file`);
  const parsed: unknown = JSON.parse(names);
  return { ca, names: Array.isArray(parsed) ? parsed.map(String) : [] };
}

/** The server must have asked for a certificate signed by `ca`. */
export function isFrontProxy(
  { names }: FrontProxy,
  socket: Pick<TLSSocket, 'authorized' | 'getPeerCertificate'>,
): boolean {
  if (!socket.authorized) return false;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return names.length === 0 || (typeof name === 'string' && names.includes(name));
}
