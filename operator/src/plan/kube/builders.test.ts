import type { V1Deployment, V1ObjectMeta, V1PodTemplateSpec } from '@kubernetes/client-node';
import { CONTRACT_OF, parseLoadSpec, WORKLOADS } from '@rexnet/load/spec.ts';
import { readFlags } from '@rexnet/node/flags.ts';
import { parsePeers } from '@rexnet/node/net/peer-file.ts';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { GROUP_ID_MAX, NAME_MAX_LENGTH, NODES_PER_GROUP_MAX } from '../../api/testnet.ts';
import { SHIPPED } from '../shipped.ts';
import { CONFIG_MAP_MAX_BYTES } from './bounds.ts';
import { requestsOf } from './cost.ts';
import { genesisConfigMap } from './genesis.ts';
import type { KubeInput, Made } from './input.ts';
import { PODS_MADE } from './kept-pods.ts';
import { LABEL } from './labels.ts';
import { podName, SERVICE_NAME_MAX_LENGTH, STATEFUL_SET_NAME_MAX_LENGTH } from './names.ts';
import { groupObjects, testnetObjects } from './objects.ts';
import { liveGroups, peersConfigMap } from './peers.ts';
import { podMonitor } from './pod-monitor.ts';
import { quantity } from './resources.ts';
import { bitcoindSecret, CREDENTIAL_BYTES, GOVERNANCE_BYTES, governanceSecret } from './secrets.ts';
import { inputOf } from './testing/inputs.ts';

const GENESIS = new TextEncoder().encode('a genesis file');
const GOVERNANCE = new Uint8Array(GOVERNANCE_BYTES).fill(0xa7);
const CREDENTIALS = new Uint8Array(CREDENTIAL_BYTES).fill(0xc3, 0, 32).fill(0x5a, 32);

function secretsOf(input: KubeInput): readonly Made[] {
  const governance = governanceSecret(input, GOVERNANCE);
  return input.plan.bitcoin.kind === 'regtest' ? [governance, bitcoindSecret(input, CREDENTIALS)] : [governance];
}

function allOf(input: KubeInput): readonly Made[] {
  const made = testnetObjects(input, GENESIS);
  if ('refusal' in made) throw new Error(made.refusal.message);
  const ofGroups = liveGroups(input).flatMap((group) =>
    groupObjects(input, group, `0b5e7f3c-0000-4000-9000-${String(group).padStart(12, '0')}`),
  );
  return [...secretsOf(input), ...made.objects, ...ofGroups];
}

const MINIMAL = inputOf({});
const LARGE = inputOf(
  {
    groups: 4,
    nodesPerGroup: 2,
    imagePullSecrets: [{ name: 'registry' }],
    bitcoin: { mode: 'Regtest' },
    contracts: [{ name: 'token' }, { name: 'shop', configMapKeyRef: { name: 'sources', key: 'shop.prd' } }],
    load: { tpsPerGroup: 100, generators: 2, crossGroupPercent: 50 },
    template: {
      resources: { cpu: 1, memory: '1Gi' },
      storage: { size: '5Gi', className: 'fast' },
      priorityClassName: 'tests',
      nodeSelector: { pool: 'rexnet' },
      tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
    },
  },
  'large',
);
const EXCLUSIVE = inputOf(
  {
    groups: 2,
    nodesPerGroup: 2,
    image: 'ghcr.io/acme/rexnet:1.2.3',
    bitcoin: { mode: 'None' },
    contracts: [{ name: 'token' }],
    load: { tpsPerGroup: 10 },
    placement: { strategy: 'Exclusive', separateLoad: 'Required' },
    suspend: true,
  },
  'apart',
);
const SAMPLES = { minimal: MINIMAL, large: LARGE, exclusive: EXCLUSIVE };
const LONGEST = 'x'.repeat(NAME_MAX_LENGTH);

test.each(Object.entries(SAMPLES))('all objects of the %s Testnet', async (name, input) => {
  const scraping = { labels: { release: 'monitoring' }, interval: '15s' };
  const documents = [...allOf(input).map(withoutMemory), podMonitor(input, scraping)];
  const text = documents
    .map((one) => stringify(one, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' }))
    .join('---\n');
  await expect(text).toMatchFileSnapshot(`testdata/${name}.yaml`);
});

/** What is remembered of pods is their template once more. */
function withoutMemory(object: Made): Made {
  const { annotations } = object.metadata ?? {};
  if (annotations?.[PODS_MADE] === undefined) return object;
  expect(JSON.parse(annotations[PODS_MADE])).toEqual(templateOf(object));
  const metadata = { ...object.metadata, annotations: { ...annotations, [PODS_MADE]: 'spec.template as JSON' } };
  return { ...object, metadata } as Made;
}

function templateOf(object: Made): V1PodTemplateSpec | undefined {
  return 'spec' in object && object.spec !== undefined && 'template' in object.spec ? object.spec.template : undefined;
}

function claimsOf(object: Made): readonly (V1ObjectMeta | undefined)[] {
  const spec = 'spec' in object ? object.spec : undefined;
  return spec !== undefined && 'volumeClaimTemplates' in spec
    ? (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)
    : [];
}

test('every object, pod template and volume carries the label of its Testnet, and has an owner', () => {
  for (const input of Object.values(SAMPLES)) {
    for (const object of allOf(input)) {
      const template = templateOf(object)?.metadata;
      const metas = [object.metadata, ...(template === undefined ? [] : [template]), ...claimsOf(object)];
      for (const meta of metas) expect(meta?.labels?.[LABEL.testnet]).toBe(input.testnet.name);
      expect(object.metadata?.ownerReferences).toHaveLength(1);
    }
  }
});

test('what a Testnet is said to ask for is what its objects ask for', () => {
  for (const input of Object.values(SAMPLES)) {
    const asked = (of: 'cpu' | 'memory'): bigint =>
      allOf(input).reduce((sum, object) => {
        if (object.kind !== 'StatefulSet' && object.kind !== 'Deployment') return sum;
        const { replicas = 1, template } = (object as V1Deployment).spec ?? {};
        const each = template?.spec?.containers.map(({ resources }) => quantity(String(resources?.requests?.[of])));
        return sum + BigInt(replicas) * (each ?? []).reduce((total, one) => total + one, 0n);
      }, 0n);
    const { requestedCpu, requestedMemory } = requestsOf(input);
    expect(quantity(requestedCpu ?? '')).toBe(asked('cpu'));
    expect(quantity(requestedMemory ?? '')).toBe(asked('memory'));
  }
  expect(requestsOf(LARGE)).toEqual({ requestedCpu: '8800m', requestedMemory: '9152Mi' });
  expect(requestsOf(EXCLUSIVE)).toEqual({ requestedCpu: '0', requestedMemory: '0' });
});

test('a selector chooses the pods of its own template and of no other', () => {
  const templates = Object.values(SAMPLES).flatMap((input) =>
    allOf(input).flatMap((object) => {
      const spec = 'spec' in object ? object.spec : undefined;
      const labels = templateOf(object)?.metadata?.labels;
      if (labels === undefined || spec === undefined || object.kind === 'Job') return [];
      const selector = 'selector' in spec ? spec.selector : undefined;
      const matchLabels = selector !== undefined && 'matchLabels' in selector ? selector.matchLabels : undefined;
      return [{ labels, matchLabels: matchLabels as Record<string, string> }];
    }),
  );
  for (const { matchLabels } of templates) {
    const chosen = templates.filter(({ labels }) =>
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
    );
    expect(chosen).toHaveLength(1);
  }
});

const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

test('names and labels of the longest Testnet name and the last group are within bounds', () => {
  const load = { tpsPerGroup: 1, workload: 'Transfer', generators: 256 };
  const input = inputOf({ groups: 1, nodesPerGroup: 2, contracts: [{ name: 'token' }], load }, LONGEST, {
    retiring: [GROUP_ID_MAX],
  });
  expect(podName(LONGEST, GROUP_ID_MAX, NODES_PER_GROUP_MAX - 1).length).toBeLessThanOrEqual(SERVICE_NAME_MAX_LENGTH);
  for (const object of allOf(input)) {
    const { name = '', labels = {} } = object.metadata ?? {};
    expect(name).toMatch(DNS_LABEL);
    const bound = object.kind === 'StatefulSet' ? STATEFUL_SET_NAME_MAX_LENGTH : SERVICE_NAME_MAX_LENGTH;
    expect(name.length).toBeLessThanOrEqual(bound);
    for (const value of Object.values({ ...labels, ...templateOf(object)?.metadata?.labels }))
      expect(value).toMatch(LABEL_VALUE);
  }
});

test('no two objects have one name, even of Testnets named after the parts of another', () => {
  const spec = { groups: 1, nodesPerGroup: 2, contracts: [{ name: 'token' }], load: { tpsPerGroup: 1, generators: 2 } };
  const names = ['demo', 'demo-g0', 'demo-g0-peers', 'demo-load', 'demo-load-0', 'demo-bitcoind', 'demo-contracts'];
  const keys = names.flatMap((name) =>
    allOf(inputOf(spec, name)).map(({ kind, metadata }) => `${kind}/${metadata?.name}`),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('secrets stand in Secrets only', () => {
  const secrets = [GOVERNANCE, CREDENTIALS.subarray(0, 32), CREDENTIALS.subarray(32)].map((bytes) =>
    Buffer.from(bytes).toString('hex'),
  );
  for (const input of Object.values(SAMPLES)) {
    const texts = allOf(input).map((object) => ({ kind: object.kind, text: JSON.stringify(object) }));
    for (const { kind, text } of texts) {
      if (kind === 'Secret') continue;
      for (const secret of secrets) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
      }
    }
  }
});

test('every pod is restricted and Guaranteed, and has no token and no variables of Services', () => {
  for (const input of Object.values(SAMPLES)) {
    for (const spec of allOf(input).flatMap((object) => templateOf(object)?.spec ?? [])) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext, resources } of spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources?.requests).toEqual(resources?.limits);
      }
    }
  }
});

test('every volume that is mounted exists', () => {
  for (const object of Object.values(SAMPLES).flatMap(allOf)) {
    const spec = templateOf(object)?.spec;
    const volumes = [...(spec?.volumes ?? []).map(({ name }) => name), ...claimsOf(object).map((meta) => meta?.name)];
    const mounts = (spec?.containers ?? []).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    expect(volumes.toSorted()).toEqual(mounts.toSorted());
  }
});

test('rxd accepts the arguments of nodes and miners, and the generator its spec and the list of nodes', () => {
  for (const object of Object.values(SAMPLES).flatMap(allOf)) {
    for (const { name, args = [] } of templateOf(object)?.spec?.containers ?? []) {
      if (name === 'rxd') expect(readFlags('run', args.slice(2), {})).toMatchObject({ data: '/data/node' });
      if (name === 'miner') expect(readFlags('mine', args.slice(2), {})).toMatchObject({ cpu: '10%' });
    }
    const data = object.kind === 'ConfigMap' && 'data' in object ? (object.data ?? {}) : {};
    for (const [key, text] of Object.entries(data as Record<string, string>)) {
      if (key === 'peers.json') expect(parsePeers(text).size).toBeGreaterThan(0);
      if (key.startsWith('load-')) expect(parseLoadSpec(text)).toMatchObject({ owner: 'alice' });
    }
  }
});

test('each workload calls the contract that the generator says it calls', () => {
  for (const workload of WORKLOADS) {
    const contracts = [{ name: 'token' }, { name: 'poll' }, { name: 'airdrop' }, { name: 'token_global' }];
    const objects = allOf(inputOf({ groups: 1, contracts, load: { tpsPerGroup: 5, workload } }));
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata?.name === 'demo-load');
    const data = map !== undefined && 'data' in map ? (map.data as Record<string, string>) : {};
    const name = CONTRACT_OF[workload];
    const expected = name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
    expect(parseLoadSpec(data['load-0.json'] ?? '').contract).toBe(expected);
  }
});

test('load waits for its contracts, and suspension stops everything that runs', () => {
  const replicas = (input: KubeInput): readonly unknown[] =>
    allOf(input).flatMap((object) =>
      object.kind === 'StatefulSet' || object.kind === 'Deployment'
        ? [[object.metadata?.name, 'spec' in object ? Reflect.get(object.spec ?? {}, 'replicas') : undefined]]
        : [],
    );
  const spec = { groups: 1, contracts: [{ name: 'token' }], load: { tpsPerGroup: 5 } };
  const waiting = replicas(inputOf(spec, 'demo', { contractsDeployed: false }));
  expect(waiting).toContainEqual(['demo-load-0', 0]);
  expect(replicas(inputOf(spec))).toContainEqual(['demo-load-0', 1]);
  for (const entry of replicas(inputOf({ ...spec, suspend: true }))) expect(entry).toMatchObject({ 1: 0 });
});

test('another list of contracts is another Job; the same list is the same', () => {
  const job = (spec: unknown): unknown => allOf(inputOf(spec)).find(({ kind }) => kind === 'Job')?.metadata?.name;
  const one = job({ groups: 1, contracts: [{ name: 'token' }] });
  expect(job({ contracts: [{ name: 'token' }], groups: 2 })).toBe(one);
  expect(job({ groups: 1, contracts: [{ name: 'token' }, { name: 'poll' }] })).not.toBe(one);
  const suspended = { groups: 1, contracts: [{ name: 'token' }], suspend: true };
  expect(job({ ...suspended, template: { storage: { size: '1Gi' } } })).toBeDefined();
  expect(job(suspended)).toBeUndefined();
});

test('groups that hand over keep their nodes and are marked', () => {
  const input = inputOf({ groups: 2 }, 'demo', { retiring: [3, 1] });
  const groups = allOf(input).filter(({ kind }) => kind === 'ConsensusGroup');
  expect(groups.map((group) => ('spec' in group ? group.spec : undefined))).toMatchObject([
    { index: 0, retired: false },
    { index: 1, retired: false },
    { index: 3, retired: true },
  ]);
});

test('what no ConfigMap can hold is refused with a cure', () => {
  expect(genesisConfigMap(MINIMAL, new Uint8Array(CONFIG_MAP_MAX_BYTES))).toHaveProperty('object');
  expect(genesisConfigMap(MINIMAL, new Uint8Array(CONFIG_MAP_MAX_BYTES + 1))).toMatchObject({
    refusal: { field: 'spec.chain.partitions' },
  });
  const retiring = Array.from({ length: GROUP_ID_MAX + 1 }, (_, group) => group);
  const many = inputOf({ groups: 1, nodesPerGroup: NODES_PER_GROUP_MAX }, LONGEST, { retiring });
  expect(peersConfigMap(many)).toMatchObject({ refusal: { field: 'spec.nodesPerGroup' } });
  expect(peersConfigMap(inputOf({ groups: 1, nodesPerGroup: 4 }, LONGEST, { retiring }))).toHaveProperty('object');
});
