// Two replicas of the operator and one Lease, on a real API server: the leader is killed while it makes a Testnet, and the other one makes
// the rest of it. Before that it writes nothing; later the first waits for its turn, and leads again when the second ends.
import { expect } from 'vitest';
import { Random } from '../../../load/src/random.ts';
import { SEED } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { livePods } from '../dump.ts';
import { Namespace } from '../namespace.ts';
import type { OperatorProcess } from '../operator-process.ts';
import { type Asked, isWrite } from '../proxy.ts';
import { withOperators } from '../with-operators.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-lease-test';
/** Of the writes that make it. */
const WRITE_MAX = 20;
/** The Lease lasts 15 s; it is looked at every two seconds and some. */
const TAKEN_MAX_MS = 18_000;
/** To read what there is, and to begin. */
const BEGUN_MAX_MS = 5_000;
const GIVEN_BACK_MAX_MS = 3_000;
const TEST_MAX_MS = 300_000;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo}
spec:
  groups: 2
  chain: {partitions: 16}
  bitcoin: {mode: None}
  template: {resources: {cpu: 150m, memory: 320Mi}}
`;

const testHere = withOperators(await requireClusterWhenFull({ machines: MACHINES }), {
  namespaces: [NAMESPACE],
  operators: [{ hasLease: true }, { hasLease: true }],
});

testHere('a leader that is killed is followed by the other replica', TEST_MAX_MS, async (cluster, [first, second]) => {
  const here = new Namespace(cluster, NAMESPACE);
  first.start();
  await leads(first, TAKEN_MAX_MS);
  second.start();
  const killed = Promise.withResolvers<number>();
  const nth = 1 + new Random(SEED).below(WRITE_MAX);
  first.proxy.decide = () => {
    if (workOf(first).length >= nth) {
      first.kill();
      killed.resolve(performance.now());
    }
    return { kind: 'pass' };
  };
  await here.apply(TESTNET);
  const killedAt = await killed.promise;
  await first.ended();
  expect(workOf(second)).toEqual([]);

  const takenMs = (await leads(second, TAKEN_MAX_MS)) - killedAt;
  await here.wait('testnet/demo', 'Ready');
  const begunMs = (workOf(second)[0]?.atMs ?? Number.NaN) - killedAt;
  process.stderr.write(
    `leader killed at write ${nth}: followed after ${(takenMs / 1_000).toFixed(1)} s, at work after ${(begunMs / 1_000).toFixed(1)} s\n`,
  );
  expect(takenMs).toBeLessThan(TAKEN_MAX_MS);
  expect(begunMs).toBeLessThan(TAKEN_MAX_MS + BEGUN_MAX_MS);
  const pods = async () => (await livePods(cluster, NAMESPACE)).map(({ metadata: { name, uid } }) => `${name} ${uid}`);
  const before = await pods();

  // It comes back as a stranger to the Lease, and writes nothing while another has it.
  first.proxy.decide = () => ({ kind: 'pass' });
  const asked = first.proxy.asked.length;
  first.start();
  await until({
    what: 'the first to look at the Lease again',
    withinMs: TAKEN_MAX_MS,
    look: () => first.proxy.asked.length,
    holds: (now) => now > asked + 1,
  });
  expect(workOf(first, asked)).toEqual([]);
  await second.end();
  const endedAt = performance.now();
  expect((await leads(first, TAKEN_MAX_MS, 2)) - endedAt).toBeLessThan(GIVEN_BACK_MAX_MS);
  await here.wait('testnet/demo', 'Ready');
  expect(await pods()).toEqual(before);
  for (const operator of [first, second]) expect([operator.crashes, operator.defects]).toEqual([0, []]);
});

/** When it says so for the nth time. */
async function leads(operator: OperatorProcess, withinMs: number, nth = 1): Promise<number> {
  await until({
    what: 'a replica to lead',
    withinMs,
    look: () => operator.log.split('"leading"').length - 1,
    holds: (times) => times >= nth,
  });
  return performance.now();
}

/** What only the leader may do. */
function workOf({ proxy }: OperatorProcess, from = 0): readonly Asked[] {
  return proxy.asked.slice(from).filter((asked) => isWrite(asked) && !asked.path.includes('/leases'));
}
