import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { credentials, loadPackageDefinition, type ServiceClientConstructor, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { REFLECTION_VERSIONS, type ReflectionVersion } from './reflection.ts';
import { type RpcServers, startServers } from './server.ts';
import { MemoryBackend } from './testing/memory-backend.ts';

const ANY = { host: '127.0.0.1', port: 0 };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Question = { readonly listServices: string } | { readonly fileContainingSymbol: string };
type Answer = {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly errorResponse?: { readonly errorCode: number };
};

async function start(): Promise<RpcServers> {
  const backend = new MemoryBackend();
  backend.addBlock('genesis');
  const log = createLog({ level: 'info', base: {}, write: () => {} });
  const { metrics } = createTelemetry('node');
  const servers = await startServers({ backend, log, metrics }, { grpc: ANY, peerGrpc: ANY });
  closers.push(() => servers.stop());
  return servers;
}

/** A client made from the package's own .proto files, as grpcurl brings its own. */
function clientOf(version: ReflectionVersion, port: number): InstanceType<ServiceClientConstructor> {
  const root = join(dirname(createRequire(import.meta.url).resolve('@grpc/reflection')), '../proto');
  const packages = loadPackageDefinition(loadSync(join(root, `grpc/reflection/${version}/reflection.proto`)));
  const services = packages as unknown as {
    readonly grpc: {
      readonly reflection: Record<string, { readonly ServerReflection: ServiceClientConstructor }>;
    };
  };
  const Service = services.grpc.reflection[version]!.ServerReflection;
  const client = new Service(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(() => client.close());
  return client;
}

function ask(version: ReflectionVersion, port: number, questions: readonly Question[]): Promise<readonly Answer[]> {
  const call = clientOf(version, port)['ServerReflectionInfo']!();
  const answers: Answer[] = [];
  return new Promise((resolve, reject) => {
    call.on('data', (answer: Answer) => answers.push(answer));
    call.on('end', () => resolve(answers));
    call.on('error', reject);
    for (const question of questions) call.write(question);
    call.end();
  });
}

test.each(REFLECTION_VERSIONS)(
  'a %s client finds the services of the users’ port and their messages',
  async (version) => {
    const { grpc } = await start();
    const [services, file, missing] = await ask(version, grpc.port, [
      { listServices: '*' },
      { fileContainingSymbol: 'rexnet.v1.Node' },
      { fileContainingSymbol: 'rexnet.v1.Peer' },
    ]);
    expect(services?.listServicesResponse?.service.map(({ name }) => name).sort()).toEqual([
      'grpc.health.v1.Health',
      'rexnet.v1.Node',
    ]);
    const text = Buffer.concat(file?.fileDescriptorResponse?.fileDescriptorProto ?? []).toString('latin1');
    for (const word of ['SubmitBatch', 'EstimateFeeResponse', 'gas_price']) expect(text).toContain(word);
    expect(missing?.errorResponse?.errorCode).toBe(status.NOT_FOUND);
  },
);

test('bytes that are no question end the call and nothing else', async () => {
  const { grpc } = await start();
  const client = clientOf('v1', grpc.port);
  const call = client.makeBidiStreamRequest(
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
  );
  const code = new Promise((resolve) => call.on('error', (error: { code?: number }) => resolve(error.code)));
  call.resume();
  call.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  expect(await code).toBe(status.INVALID_ARGUMENT);
  expect(await ask('v1', grpc.port, [{ listServices: '' }])).toHaveLength(1);
});

test('the peer port tells nothing', async () => {
  const { peerGrpc } = await start();
  await expect(ask('v1', peerGrpc.port, [{ listServices: '*' }])).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });
});
