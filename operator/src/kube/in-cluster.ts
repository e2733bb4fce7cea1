// Access from within a pod: the service account's token and CA, by the names every pod has them under. It saves the operator
// the library that reads kubeconfigs, which takes more memory than all of the operator.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access, Credentials } from './access.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The token is renewed long before it ends. */
const BELIEVED_MS = 10_000;

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly folder?: string;
}

/** Undefined outside of a pod. */
export async function inClusterAccess({
  environment,
  now,
  folder = FOLDER,
}: Surroundings): Promise<Access | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (host === undefined || host === '') return undefined;
  const read = async (name: string): Promise<string> => (await readFile(join(folder, name), 'utf8')).trim();
  const [namespace, ca] = await Promise.all([read('namespace'), read('ca.crt')]);
  let believed: { readonly credentials: Credentials; readonly at: number } | undefined;
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    namespace,
    async credentials() {
      if (believed !== undefined && now() < believed.at + BELIEVED_MS) return believed.credentials;
      const credentials = { headers: { Authorization: `Bearer ${await read('token')}` }, tls: { ca } };
      believed = { credentials, at: now() };
      return credentials;
    },
  };
}
