// The verbs with --kube, from the command line to real HTTP requests and back, over objects as an operator makes them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOAD_TESTS, TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import type { KubeObject } from '@rexnet/operator/kube/resources.ts';
import { answer, statusBody } from '@rexnet/operator/kube/testing/fake-api.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import type { NodeAnswer } from '../network.ts';
import { FakeCluster, NAMESPACE, WELL } from '../testing/fake-cluster.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import type { Ran } from '../testing/verb-runner.ts';

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await FakeCluster.start();
});
afterEach(() => cluster.stop());

/** Nodes run and cannot be reached from here. */
class MuteNetwork extends FakeNetwork {
  override async ask(): Promise<NodeAnswer | undefined> {
    return undefined;
  }
}

function begin(spec: Readonly<Record<string, unknown>> = {}): void {
  cluster.apply(spec);
  cluster.reconcile();
}

async function lookOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { out, err } = await cluster.run([...args, '-o', 'json']);
  return JSON.parse(out === '' ? JSON.stringify({ err }) : out);
}

test('status is what the operator says and what the nodes answer, in the words of the laptop', async () => {
  begin();
  const { code, out } = await cluster.run(['status', '-o', 'wide']);
  expect(out).toContain('demo  Healthy: All 2 groups make blocks.');
  expect(out).toContain('groups 2/2, nodes 2/2, height 7, epoch 3, first block 9.1s after start');
  expect(out).toMatch(/^g0 .*ok +1\/1 +7 +– +13 +128/m);
  expect(out).toMatch(/^g1-n0 +1 .*in sync +7 .* 1 +w2 /m);
  expect(out).toContain('wait  DataSafe SingleCopyInMemory');
  expect(out).toContain('ok    Degraded AsItShouldBe');
  expect(out).not.toContain('no rxctl looks after it');
  expect(code).toBe(EXIT.ok);
});

test('where no node can be reached, what the operator knows of them is shown', async () => {
  begin();
  const { code, out } = await cluster.run(['nodes'], { network: new MuteNetwork() });
  expect(out).toMatch(/^g0-n0 +0 .*in sync +40 +–/m);
  expect(out).toMatch(/^g1-n0 +1 .*in sync +41 +–/m);
  expect(code).toBe(EXIT.ok);
});

test('a Testnet that no operator has looked at says so, and what to do', async () => {
  cluster.apply();
  const status = await cluster.run(['status']);
  expect(status.out).toContain('demo  Starting: No operator has looked at this Testnet yet');
  expect(status.code).toBe(EXIT.degraded);
  expect((await cluster.run(['logs'])).err).toContain('nothing has run yet that would write a log');
  const why = await cluster.run(['why']);
  expect(why.out).toContain('helm install rexnet charts/rexnet');
  expect((await cluster.run(['block', '0'])).err).toContain(
    'Testnet demo has no genesis yet\n  cure: rxctl --kube why',
  );
});

test('a pod that no machine takes is the cause, in the words of the scheduler', async () => {
  begin();
  const message = '0/3 nodes are available: 3 Insufficient cpu.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  cluster.pod('demo-g1-0', 'node', { group: 1, status: { phase: 'Pending', conditions } });
  const ready = { type: 'Ready', status: 'False', reason: 'NodesNotRunning', message: 'g1-n0 is not running.' };
  cluster.status([ready, ...WELL.slice(1)]);
  const { code, out } = await cluster.run(['why']);
  expect(out).toContain('g1-n0 is not running: NotScheduled');
  expect(out).toContain(`Unschedulable ${message}`);
  expect(code).toBe(EXIT.degraded);
});

test('a container that does not start is the cause as well', async () => {
  begin();
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nowhere"' };
  const container = { name: 'rxd', image: '', imageID: '', ready: false, restartCount: 4, state: { waiting } };
  cluster.pod('demo-g0-0', 'node', { group: 0, status: { phase: 'Pending', containerStatuses: [container] } });
  expect((await cluster.run(['why', 'g0-n0'])).out).toContain('ImagePullBackOff Back-off pulling image');
});

test('tree, events, logs and top show the same network', async () => {
  begin();
  cluster.event('Pod', 'demo-g1-0', 'Unhealthy', 'Readiness probe failed', { series: { count: 3 }, type: 'Warning' });
  cluster.event('Testnet', 'demo', 'AllGroups', 'FirstBlock is True');
  cluster.event('ConsensusGroup', 'demo-g1', 'InSync', 'in sync');
  cluster.event('Pod', 'other-g1-0', 'Started', 'of somebody else');
  expect((await cluster.run(['tree'])).out).toContain('pod demo-g1-0 on w2, restarted 1×');
  const { out } = await cluster.run(['events']);
  expect(out).toMatch(/Warning +g1-n0 +Unhealthy +Readiness probe failed \(3 times\)/);
  expect(out).toMatch(/Normal +demo +AllGroups/);
  expect(out).toMatch(/Normal +group 1 +InSync/);
  expect(out).not.toContain('somebody else');
  const frame = await cluster.run(['top', '--once']);
  expect(frame.out).toContain('rexnet · demo');
  expect(frame.out).toContain('cluster');
});

test('logs of all pods are one story, by time and under the names of programs', async () => {
  begin();
  cluster.logs.set(
    'demo-g0-0',
    '{"time":"2026-11-21T12:00:01Z","msg":"a"}\n{"time":"2026-11-21T12:00:03Z","msg":"c"}\n',
  );
  cluster.logs.set('demo-miner-7d9f-abcde', '{"time":"2026-11-21T12:00:02Z","msg":"b"}\n');
  const { code, out } = await cluster.run(['logs']);
  expect(out.split('\n').map((line) => line.slice(0, 7).trim() + line.replace(/.*"msg"/, ''))).toEqual([
    ...['g0-n0:"a"}', 'miner-0:"b"}', 'g0-n0:"c"}', ''],
  ]);
  expect(code).toBe(EXIT.ok);
  expect((await cluster.run(['logs', '-o', 'name'])).out).toBe('g0-n0\ng1-n0\nminer-0\n');
  expect((await cluster.run(['logs', 'g0-n0', '--grep', 'a'])).out).toContain('"a"');
  expect((await cluster.run(['logs', '-n', NAMESPACE])).err).toContain('a namespace is --namespace NAME here');
});

test('wait returns when the operator says so, and says why not in time', async () => {
  begin();
  expect((await cluster.run(['wait', 'FirstBlock'])).code).toBe(EXIT.ok);
  const late = await cluster.run(['wait', 'Ready=False', '--timeout', '300ms']);
  expect(late.code).toBe(EXIT.timeout);
});

test('a report holds the objects and asks for no Secret', async () => {
  begin();
  cluster.logs.set('demo-g0-0', 'hello\n');
  const files = await lookOf('report');
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['status.json', 'objects/testnet.json', 'objects/pods.json']),
  );
  expect(files['logs/g0-n0.log']).toBe('hello\n');
  expect(files['genesis.json']).toContain('"groups": 2');
  expect(cluster.api.asked.filter(({ path }) => path.includes('secrets'))).toEqual([]);
});

test('verbs that talk to nodes reach them through this machine, with the dev keys of the network', async () => {
  begin();
  const network = new FakeNetwork();
  const { code } = await cluster.run(['send', 'transfer', 'bob', '0.5'], { network });
  expect(code).toBe(EXIT.ok);
  expect(network.sent.map(({ from }) => from)).toEqual(['alice']);
  const nodes = cluster.places[0]?.nodes() ?? new Map();
  expect([...nodes.keys()]).toEqual([0, 1]);
  expect(nodes.get(1)).toEqual([{ node: 'g1-n0', grpc: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }]);
  expect((await cluster.run(['key', 'list', '-o', 'name'])).out).toContain('alice');
  expect((await cluster.run(['audit'])).code).toBe(EXIT.ok);
});

test.each<[readonly string[], number, string]>([
  [['status', '--name', 'other'], 7, 'there is no Testnet other in namespace lab'],
  [['status', '-n', 'empty'], 7, 'there is no Testnet in namespace empty'],
  [['status', '--context', 'nowhere'], 7, "the kubeconfig names no cluster for context 'nowhere'"],
  [['status', '-n', 'empty'], 7, 'cure: there is demo in -n lab; or make one: kubectl apply -f testnet.yaml'],
  [['status', '--context', 'nowhere'], 7, 'its contexts are here'],
  [['parent', 'fork'], 1, 'the network has no bitcoind'],
  [['audit', '--deep'], 2, 'data folders of a cluster lie in its pods'],
  [['bench', 'scale'], 2, 'kubectl apply -f loadtest.yaml, then rxctl --kube bench follows it'],
  [['up', '--for', '5s'], 2, '--for is for networks of this machine only'],
  [['down'], 2, 'a Testnet is deleted with its chains and keys'],
  [['load', 'set', '--tps', '5'], 1, 'nothing is offered now'],
  [['load', 'start', '--tps', '5'], 2, '5 transactions a second are 2.50 for each of 2 groups'],
  [['bench', 'curve'], 7, 'there is no LoadTest curve in namespace lab'],
])('%j ends with %i and says why', async (args, wanted, words) => {
  begin();
  const { code, err } = await cluster.run(args);
  expect(err).toContain(words);
  expect(code).toBe(wanted);
});

test.each<[number, string, string, number, string]>([
  [403, 'Forbidden', 'testnets is forbidden: User "me" cannot list', EXIT.error, 'rexnet-view'],
  [404, 'NotFound', 'the server could not find the requested resource', EXIT.notReachable, 'helm install rexnet'],
  [401, 'Unauthorized', 'Unauthorized', EXIT.error, 'log in again'],
])('a server that answers %i is quoted', async (status, reason, message, wanted, cure) => {
  cluster.api.fault = (_, response) => {
    answer(response, status, statusBody(status, reason, message));
    return true;
  };
  const { code, err } = await cluster.run(['status']);
  expect(err).toContain(status === 404 ? 'does not know what a Testnet is' : message);
  expect(err).toContain(cure);
  expect(code).toBe(wanted);
});

/** As the server answers somebody who may see nothing but objects of ours. */
function onlyOurKinds(): void {
  cluster.api.fault = ({ path }, response) => {
    if (path.includes('rexnet.dev')) return false;
    answer(response, 403, statusBody(403, 'Forbidden', `${path} is forbidden`));
    return true;
  };
}

test('who may see Testnets alone sees what the operator says of them, and which rights are wanting', async () => {
  begin();
  onlyOurKinds();
  const status = await cluster.run(['status', '-o', 'wide']);
  expect(status.out).toMatch(/^g1-n0 +1 .*in sync +41 .* w1 /m);
  expect(status.out).toContain('note  you may not look at pods, events');
  expect(status.code).toBe(EXIT.ok);
  expect(await lookOf('top', '--once')).toMatchObject({ unseen: ['pods', 'events'] });
  expect((await cluster.run(['why', 'DataSafe'])).out).toContain('cure: ');
  expect((await cluster.run(['events'])).err).toContain('you may not look at events of the cluster');
  const block = await cluster.run(['block', '0']);
  expect(block.err).toContain('cure: looking needs the role view in this namespace');
  expect(block.code).toBe(EXIT.error);
});

test('who may not reach nodes is told so at once, and sees the rest', async () => {
  begin();
  cluster.mayReachNodes = false;
  const { code, err } = await cluster.run(['send', 'transfer', 'bob', '0.5']);
  expect(err).toContain('you may not ask its nodes');
  expect(err).toContain('pods/portforward');
  expect(code).toBe(EXIT.notReachable);
  expect((await cluster.run(['status'])).code).toBe(EXIT.ok);
});

test('a suspended Testnet says so to who wants its nodes, and its keys are known all the same', async () => {
  begin({ suspend: true, load: { tpsPerGroup: 10 } });
  const { code, err } = await cluster.run(['send', 'transfer', 'bob', '0.5']);
  expect(err).toContain('Testnet demo is suspended');
  expect(err).toContain('cure: let it go on: kubectl patch tn demo -n lab');
  expect(code).toBe(EXIT.notReachable);
  expect((await cluster.run(['key', 'list', '-o', 'name'])).out).toContain('alice');
  expect(await lookOf('load', 'status')).toMatchObject({ state: 'Suspended' });
});

test('Ctrl-C is obeyed while the server is silent', async () => {
  begin();
  const left = new AbortController();
  cluster.api.fault = () => {
    setImmediate(() => left.abort());
    return true;
  };
  expect(await cluster.run(['status'], { signal: left.signal })).toEqual({
    ...{ code: EXIT.error, out: '' },
    err: 'error: interrupted\n',
  });
  const late = await cluster.run(['status', '--timeout', '100ms']);
  expect(late).toMatchObject({ code: EXIT.timeout, err: expect.stringContaining('not done after 0.1 s') });
});

test('top without a terminal gives every look as one line of JSON until it is ended', async () => {
  begin();
  const left = new AbortController();
  const network = new FakeNetwork();
  let asked = 0;
  network.ask = async () => {
    if (++asked > 4) left.abort();
    return undefined;
  };
  const { code, out } = await cluster.run(['top', '-o', 'json', '--interval', '200ms'], {
    ...{ network, signal: left.signal },
  });
  const looks = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(looks.map(({ name }) => name)).toEqual(['demo', 'demo']);
  expect(code).toBe(EXIT.ok);
});

test('a server that is not there is not reachable', async () => {
  await cluster.api.stop();
  const { code, err } = await cluster.run(['status']);
  expect(err).toContain('the cluster does not answer: connect ECONNREFUSED');
  expect(code).toBe(EXIT.notReachable);
});

test('up applies the documents as they are, strictly and without taking over fields, and waits for the first block', async () => {
  begin();
  const file = join(cluster.cwd, 'testnet.yaml');
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sources}\ndata: {a.prd: x}\n';
  writeFileSync(
    file,
    `apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: {groups: 2}\n---\n${map}`,
  );
  const { code, out } = await cluster.run(['up', '-f', file]);
  expect(out).toContain('configmap/sources created\ntestnet.rexnet.dev/demo configured\n');
  expect(out).toContain('FirstBlock is True');
  expect(code).toBe(EXIT.ok);
  const applied = cluster.api.asked.filter(({ method }) => method === 'PATCH');
  expect(applied.map(({ path }) => path.split('/').at(-1))).toEqual(['sources', 'demo']);
  for (const { query, headers } of applied) {
    expect(Object.fromEntries(query)).toEqual({ fieldManager: 'rxctl', fieldValidation: 'Strict', force: 'false' });
    expect(headers['content-type']).toBe('application/apply-patch+yaml');
  }
  expect(applied[1]?.body).toMatchObject({ metadata: { name: 'demo', namespace: NAMESPACE }, spec: { groups: 2 } });
});

test('what the server refuses is said in its words', async () => {
  begin();
  const file = join(cluster.cwd, 'testnet.yaml');
  writeFileSync(file, 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: {group: 2}\n');
  const { fault } = cluster.api;
  cluster.api.fault = (asked, response) => {
    if (asked.method !== 'PATCH') return fault(asked, response);
    answer(response, 400, statusBody(400, 'BadRequest', '.spec.group: field not declared in schema'));
    return true;
  };
  const { code, err } = await cluster.run(['up', '-f', file]);
  expect(err).toContain('the cluster says: .spec.group: field not declared in schema');
  expect(code).toBe(EXIT.usage);
});

test.each<[string, string]>([
  ['apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', 'holds a Pod'],
  ['kind: Testnet\nmetadata: {name: a}\n', 'has apiVersion undefined'],
  ['apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\n', 'a Testnet of'],
  ['apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: a, namespace: b}\n', 'says namespace b'],
])('%j is refused before anything is applied', async (text, words) => {
  const file = join(cluster.cwd, 'testnet.yaml');
  writeFileSync(file, text);
  const { code, err } = await cluster.run(['up', '-f', file, '-n', NAMESPACE]);
  expect(err).toContain(words);
  expect(code).toBe(EXIT.usage);
  expect(cluster.api.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('down deletes exactly the Testnet it found', async () => {
  cluster.apply();
  const { uid } = cluster.api.object(TESTNETS.resource, 'demo', NAMESPACE)?.metadata ?? {};
  const { code, out } = await cluster.run(['down', '--purge']);
  expect(out).toBe('testnet.rexnet.dev/demo deleted\n');
  expect(code).toBe(EXIT.ok);
  expect(cluster.api.asked.find(({ method }) => method === 'DELETE')?.body).toMatchObject({ preconditions: { uid } });
});

test('load changes the Testnet, and shows nothing while no generator answers', async () => {
  begin({ load: { tpsPerGroup: 10 } });
  const { code } = await cluster.run(['load', 'set', '--tps', '50']);
  expect(code).toBe(EXIT.ok);
  const patch = cluster.api.asked.find(({ method }) => method === 'PATCH');
  expect(patch?.headers['content-type']).toBe('application/merge-patch+json');
  expect(patch?.body).toEqual({ spec: { load: { tpsPerGroup: 25 } } });
});

test('scale changes the number of groups, and takes none away', async () => {
  begin();
  const { code, out } = await cluster.run(['scale', '--groups', '4']);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain('network demo goes from 2 to 4 groups');
  const patches = () => cluster.api.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
  expect(patches()).toEqual([{ spec: { groups: 4 } }]);
  const fewer = await cluster.run(['scale', '--groups', '1']);
  expect(fewer.code).toBe(EXIT.usage);
  expect(fewer.err).toContain('no group can leave yet');
  expect(patches()).toHaveLength(1);
});

test('load counts the groups of genesis: those that joined since carry none', async () => {
  begin({ load: { tpsPerGroup: 10 } });
  cluster.apply({ groups: 4, load: { tpsPerGroup: 10 } });
  expect(await lookOf('load', 'status')).toMatchObject({ wantedTps: 20 });
  await cluster.run(['load', 'set', '--tps', '50']);
  const patches = cluster.api.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
  expect(patches.at(-1)).toEqual({ spec: { load: { tpsPerGroup: 25 } } });
});

test('load status says what is wanted', async () => {
  begin({ load: { tpsPerGroup: 10 } });
  expect(await lookOf('load', 'status')).toMatchObject({ state: 'Starting', wantedTps: 20, workload: 'Token' });
});

const POINTS = [
  { groups: 1, offered: '60.0', tps: '49.8', efficiency: '1.00', p50: '1.1s', p95: '2.0s', p99: '2.4s', valid: true },
  { groups: 2, offered: '120.0', tps: '99.1', efficiency: '0.99', p50: '1.2s', p95: '2.1s', p99: '2.6s', valid: true },
];

function loadTest(status: Readonly<Record<string, unknown>>): void {
  cluster.put(LOAD_TESTS.resource, 'curve', { spec: { testnet: 'demo', groups: [1, 2] }, status });
}

test.each<[string, number]>([
  ['Linear', EXIT.ok],
  ['Sublinear', EXIT.verdictNotMet],
  ['Invalid', EXIT.measurementInvalid],
])('bench follows a LoadTest: %s ends with %i', async (verdict, wanted) => {
  const complete = { type: 'Complete', status: 'True', reason: verdict, message: 'over' };
  loadTest({
    observedGeneration: 1,
    verdict,
    reason: 'every point reached 0.97',
    points: POINTS,
    conditions: [complete],
  });
  const { code, out } = await cluster.run(['bench']);
  expect(out).toContain(`**${verdict}: every point reached 0.97**`);
  expect(out).toContain('| groups | TPS | offered | efficiency | p50 | p95 | p99 | crossing | valid |');
  expect(out).toContain('| 2 | 99.1 | 120.0 | 0.99 | 1.2s | 2.1s | 2.6s |  | yes |');
  expect(code).toBe(wanted);
});

test('a LoadTest that cannot be measured as it is asked for is over, one that waits for room is not', async () => {
  const failed = (reason: string) => [
    { type: 'Complete', status: 'False', reason, message: `${reason} it is` },
    { type: 'Failed', status: 'True', reason, message: `${reason} it is` },
  ];
  const reason = 'TooFewPartitions: 512 groups need as many partitions';
  loadTest({ observedGeneration: 1, verdict: 'Invalid', reason, conditions: failed('TooFewPartitions') });
  const refused = await cluster.run(['bench']);
  expect(refused.out).toContain(`**Invalid: ${reason}**`);
  expect(refused.code).toBe(EXIT.measurementInvalid);
  loadTest({ observedGeneration: 1, conditions: failed('ObjectRefused') });
  const waiting = await cluster.run(['bench', '--timeout', '200ms']);
  expect(waiting.err).toContain('not over: curve: ObjectRefused it is');
  expect(waiting.code).toBe(EXIT.timeout);
});

test('a LoadTest that is not over in time ends with 3 and says how far it is', async () => {
  const complete = { type: 'Complete', status: 'False', reason: 'Measuring', message: 'measuring 2 groups' };
  loadTest({ observedGeneration: 1, pointText: '1/2', conditions: [complete] });
  const { code, err } = await cluster.run(['bench', 'curve', '--timeout', '200ms']);
  expect(err).toContain('not over: curve: measuring 2 groups');
  expect(code).toBe(EXIT.timeout);
});

test('artefacts of a LoadTest become files', async () => {
  const complete = { type: 'Complete', status: 'True', reason: 'Linear', message: 'over' };
  loadTest({ observedGeneration: 1, verdict: 'Linear', reason: 'linear', points: POINTS, conditions: [complete] });
  const { CONFIG_MAPS } = await import('@rexnet/operator/controllers/collections.ts');
  cluster.put(CONFIG_MAPS.resource, 'curve-loadtest', { data: { 'scale.md': '# page' } });
  expect((await cluster.run(['bench', '--out', 'results'])).code).toBe(EXIT.ok);
  expect(readFileSync(join(cluster.cwd, 'results', 'scale.md'), 'utf8')).toBe('# page');
});

test('options may stand before the verb, and kubectl rexnet calls itself so', async () => {
  begin();
  const leading = await cluster.run(['-o', 'name', '-n', NAMESPACE, 'status']);
  expect(leading).toMatchObject({ code: EXIT.ok, out: 'testnet/demo\n' });
  expect((await cluster.run(['-n', NAMESPACE, 'logs', '-n', '5', '-o', 'name'])).out).toContain('miner-0');
  const run = (...args: readonly string[]): Promise<Ran> => cluster.run(args, { program: 'kubectl rexnet' });
  const help = await run('status', '--help');
  expect(help.out).toContain('Usage: kubectl rexnet status');
  expect(help.out).toContain('  kubectl rexnet status -o wide');
  expect((await run('down')).err).toContain('cure: say so: kubectl rexnet down --name demo --purge');
});

test('the Testnets of a LoadTest are not meant by who names none', async () => {
  begin();
  const labels = { 'rexnet.dev/loadtest': 'curve' };
  const metadata = { name: 'curve-r1x4', namespace: NAMESPACE, labels };
  cluster.api.put(TESTNETS.resource, { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata });
  expect((await cluster.run(['status', '-o', 'name'])).out).toBe('testnet/demo\n');
  cluster.put(TESTNETS.resource, 'other', {});
  const { code, err } = await cluster.run(['status']);
  expect(err).toContain('there are several Testnets: curve-r1x4, demo, other');
  expect(code).toBe(EXIT.usage);
});

test('an object of a newer operator is an error that names it', async () => {
  begin();
  const before = cluster.api.object(TESTNETS.resource, 'demo', NAMESPACE) as KubeObject & { readonly spec: object };
  cluster.put(TESTNETS.resource, 'demo', { spec: { ...before.spec, warp: 9 } });
  const { code, err } = await cluster.run(['status']);
  expect(err).toContain('Testnet demo is of another version: spec.warp');
  expect(code).toBe(EXIT.error);
});
