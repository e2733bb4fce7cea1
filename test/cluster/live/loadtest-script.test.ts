// npm run loadtest on real machines, as the workflow and the action for other people's workflows call it. It takes three minutes, so it
// waits for REXNET_FULL=1; scripts/loadtest.test.ts has it answered by a kubectl that makes everything up.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../../../scripts/setup.mjs';
import { kubectlProgram } from '../built/kubectl.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { withOperator } from '../operator-here.ts';
import { SEARCH_PATH, tryRun } from '../program.ts';

const NAMESPACE = 'rexnet-loadtest-script';
const MAX_MS = 900_000;
const EXIT_INVALID = 6;
const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  chain: {blockGas: 1900000, partitions: 64}
  contracts: [{name: token}]
`;
/** One reading of each proves nothing, and the verdict says so. */
const LOAD_TEST = `apiVersion: rexnet.dev/v1alpha1
kind: LoadTest
metadata: {name: curve}
spec: {testnet: demo, groups: [1, 2], repeats: 1, duration: 20s, warmUp: 5s}
`;

const cluster = await requireClusterWhenFull({ machines: 1 });
const folder = mkdtempSync(join(tmpdir(), 'rexnet-loadtest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
withOperator(cluster, NAMESPACE);

test('it ends with a page for people, what the operator drew, and nothing in the cluster', {
  timeout: MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const [out, outputs] = [join(folder, 'out'), join(folder, 'outputs')];
  writeFileSync(join(folder, 'testnet.yaml'), TESTNET);
  writeFileSync(join(folder, 'loadtest.yaml'), LOAD_TEST);
  const files = ['testnet', 'loadtest'].flatMap((name) => [`--${name}`, join(folder, `${name}.yaml`)]);
  const args = [join(ROOT, 'scripts', 'loadtest.mjs'), '--namespace', NAMESPACE, '--out', out, ...files];
  const path = cluster.kind === 'built' ? `${dirname(kubectlProgram())}:${SEARCH_PATH}` : SEARCH_PATH;
  const env = { PATH: path, REXNET_KUBECONFIG: cluster.kubeconfig, GITHUB_OUTPUT: outputs };
  const { code, stdout, stderr } = await tryRun(process.execPath, args, { env, deadlineMs: MAX_MS });
  expect({ code, stderr }).toMatchObject({ code: EXIT_INVALID });
  expect(stdout).toContain('### Invalid: LoadTest curve');
  expect(stdout).toContain('x-axis "groups" [1, 2]');
  expect(readFileSync(outputs, 'utf8')).toMatch(/^first-block-after=\S+\nverdict=Invalid\n$/);
  const kept = ['loadtest-object.json', 'report.md', 'report.svg', 'summary.md', 'testnet-object.json'];
  expect(readdirSync(out)).toEqual(expect.arrayContaining(kept));
  expect(await cluster.kubectl(['-n', NAMESPACE, 'get', 'testnets,loadtests', '-o', 'name'])).toBe('');
});
