// The operator's external metrics, asked as an API server asks, with certificates made here: who is answered, and what is said.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import { EXTERNAL_ROOT } from '@rexnet/operator/external/offered.ts';
import { type ExternalMetricsServer, serveExternalMetrics } from '@rexnet/operator/external/server.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import type { KubeObject } from '@rexnet/operator/kube/resources.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { FakeApi } from '@rexnet/operator/kube/testing/fake-api.ts';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { until } from '../local/until.ts';
import { makeCertificates, readCertificate } from './built/certificates.ts';
import { findProgram } from './program.ts';

const HOST = 'metrics.lab.svc';
const hasOpenssl = findProgram('openssl') !== undefined;
const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

let folder = '';
let api: FakeApi;
let rest: RestClient;
let server: ExternalMetricsServer;

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'rexnet-external-'));
  await makeCertificates(folder, [
    { name: 'server', subject: `/CN=${HOST}`, callings: [`DNS:${HOST}`] },
    { name: 'front-proxy', subject: '/CN=front-proxy', callings: [] },
    { name: 'somebody', subject: '/CN=somebody', callings: [] },
  ]);
  await makeCertificates(join(folder, 'foreign'), [{ name: 'front-proxy', subject: '/CN=front-proxy', callings: [] }]);
  for (const [from, to] of [
    ['server.crt', 'tls.crt'],
    ['server.key', 'tls.key'],
  ] as const)
    copyFileSync(join(folder, from), join(folder, to));
  api = await FakeApi.start();
  rest = new RestClient({ access: api.access, clock: systemClock, random: () => 0.5, userAgent: 'test' });
  api.put(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
    data: {
      'requestheader-client-ca-file': readCertificate(folder, 'server').ca,
      'requestheader-allowed-names': '["front-proxy"]',
    },
  } as KubeObject);
  for (const [name, ready, tps] of [
    ['demo', 'True', '123.4'],
    ['other', 'True', '7'],
    ['broken', 'False', '99'],
    ['silent', 'True', undefined],
  ] as const)
    api.put(TESTNETS.resource, {
      apiVersion: 'rexnet.dev/v1alpha1',
      kind: 'Testnet',
      metadata: { name, namespace: 'lab' },
      spec: {},
      status: {
        ...(tps === undefined ? {} : { tps, gasUsedRatio: '0.42' }),
        groups: 2,
        conditions: [{ type: 'Ready', status: ready }],
      },
    } as KubeObject);
  server = await serveExternalMetrics(
    {
      address: { host: '127.0.0.1', port: 0 },
      certificateFolder: folder,
      rest,
      clock: systemClock,
      log: createLog({ level: 'silent', base: {} }),
    },
    new AbortController().signal,
  );
  await until({
    what: 'the front proxy to be known',
    withinMs: 20_000,
    look: () => ask(EXTERNAL_ROOT),
    holds: ({ status }) => status === 200,
  });
});

afterAll(async () => {
  if (!hasOpenssl) return;
  await server?.stop();
  rest?.close();
  await api?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Said = { readonly status: number; readonly body: Record<string, unknown> };

function ask(path: string, as: { folder?: string; name?: string } = {}, method = 'GET'): Promise<Said> {
  const { ca, certificate, key } = readCertificate(as.folder ?? folder, as.name ?? 'front-proxy');
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method,
        agent: false,
        servername: HOST,
        ca: as.folder === undefined ? ca : readCertificate(folder, 'server').ca,
        cert: certificate,
        key,
      },
      (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) }), reject);
      },
    );
    sent.once('error', reject);
    sent.end();
  });
}

function needOpenssl(context: TestContext): void {
  if (!hasOpenssl) context.skip('there is no openssl to make certificates with');
}

const values = (metric: string, selector: string) =>
  `${EXTERNAL_ROOT}/namespaces/lab/${metric}?labelSelector=${encodeURIComponent(selector)}`;

test('what there is to ask for, as discovery reads it', async (context) => {
  needOpenssl(context);
  const { status, body } = await ask(EXTERNAL_ROOT);
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind: 'APIResourceList', groupVersion: 'external.metrics.k8s.io/v1beta1' });
  expect(body['resources']).toContainEqual({
    name: 'rexnet_tps',
    singularName: '',
    namespaced: true,
    kind: 'ExternalMetricValueList',
    verbs: ['get'],
  });
});

test('the value of one Testnet, and of all that are well', async (context) => {
  needOpenssl(context);
  const { body } = await ask(values('rexnet_tps', 'testnet=demo'));
  expect(body).toMatchObject({
    kind: 'ExternalMetricValueList',
    apiVersion: 'external.metrics.k8s.io/v1beta1',
    items: [{ metricName: 'rexnet_tps', metricLabels: { testnet: 'demo' }, value: '123400m' }],
  });
  const all = await ask(values('rexnet_tps', ''));
  expect((all.body['items'] as { value: string }[]).map(({ value }) => value).sort()).toEqual(['123400m', '7000m']);
  for (const absent of ['broken', 'silent', 'nowhere'])
    expect((await ask(values('rexnet_tps', `testnet in (${absent})`))).body['items']).toEqual([]);
});

test('how full blocks are is a share, in thousandths', async (context) => {
  needOpenssl(context);
  const { body } = await ask(values('rexnet_gas_used_ratio', 'testnet=demo'));
  expect(body['items']).toMatchObject([{ metricName: 'rexnet_gas_used_ratio', value: '420m' }]);
});

test('what is not understood is refused with a sentence', async (context) => {
  needOpenssl(context);
  expect(await ask(values('rexnet_tps', 'testnet!=demo'))).toMatchObject({
    status: 400,
    body: {
      kind: 'Status',
      reason: 'BadRequest',
      message: 'select by testnet=NAME: "testnet!=demo" is not understood',
    },
  });
  expect(await ask(values('rexnet_speed', ''))).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
  expect(await ask(`${EXTERNAL_ROOT}/nodes/x`)).toMatchObject({ status: 404 });
  expect(await ask(EXTERNAL_ROOT, {}, 'POST')).toMatchObject({ status: 405 });
});

test('nobody but the front proxy is answered', async (context) => {
  needOpenssl(context);
  const refused = { status: 401, body: { reason: 'Unauthorized', message: 'only the API server is answered here' } };
  expect(await ask(EXTERNAL_ROOT, { name: 'somebody' })).toMatchObject(refused);
  expect(await ask(EXTERNAL_ROOT, { folder: join(folder, 'foreign') })).toMatchObject(refused);
});
