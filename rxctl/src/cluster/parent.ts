// The bitcoind of a Testnet in a cluster, through a forwarded port and with the password of its Secret: for who may read that.
import { BitcoinRpc } from '@rexnet/node/bitcoin/rpc.ts';
import { PODS, type PodObject, SECRETS } from '@rexnet/operator/controllers/collections.ts';
import type { KubeObject } from '@rexnet/operator/kube/resources.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { partName } from '@rexnet/operator/plan/kube/names.ts';
import { PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { BITCOIND_COOKIE } from '@rexnet/operator/plan/kube/secrets.ts';
import { asked } from './cluster.ts';
import { addressOfPod } from './place.ts';
import { programsOf } from './programs.ts';
import type { ClusterSite } from './site.ts';

type SecretObject = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** Undefined where none runs. */
export async function bitcoindOf({ cluster, name: testnet }: ClusterSite): Promise<BitcoinRpc | undefined> {
  const { rest, namespace } = cluster;
  const selection = { namespace, labelSelector: `${LABEL.testnet}=${testnet}` };
  const { items } = await asked(rest.list<PodObject>(PODS.resource, selection));
  const program = programsOf(items).find(({ component }) => component === 'bitcoind');
  if (program === undefined) return undefined;
  const name = partName(testnet, 'bitcoind');
  const secret = await asked(rest.get<SecretObject>(SECRETS, { name, namespace }));
  const cookie = Buffer.from(secret?.data?.[BITCOIND_COOKIE] ?? '', 'base64').toString('utf8');
  const [user = '', password = ''] = cookie.trim().split(':');
  const address = await addressOfPod(cluster, program.pod, PORT.bitcoind);
  return new BitcoinRpc(`http://${address}/`, { kind: 'password', user, password });
}
