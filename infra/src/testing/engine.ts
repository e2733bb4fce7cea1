// Runs the program as `pulumi up` does, with Pulumi's own runner in a process of its own, against an engine that says yes to everything and
// makes nothing. What providers would do is not known here.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { MOCKED_KUBECONFIG, type Registered } from './register.ts';

export type Run = {
  readonly code: number | null;
  readonly registered: readonly Registered[];
  /** What the stack exports. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What a person would read. */
  readonly said: string;
};

const BASE = resolve(import.meta.dirname, '..', '..');
const RUN_MAX_MS = 60_000;
const STACK = 'pulumi:pulumi:Stack';
/** Severity of what only `pulumi up --debug` shows. */
const DEBUG = 0;

type Struct = { toJavaScript(): Readonly<Record<string, unknown>> };
/** As protoc writes them for JavaScript: setters and getters by name. */
type Message = Readonly<Record<string, (value?: unknown) => unknown>>;
type Call = { readonly request: Message };
type Answer = (error: null, reply: unknown) => void;
type Protocol = Readonly<Record<string, (new () => Message) & { fromJavaScript(value: object): Struct }>>;

const load = createRequire(import.meta.url);
const services = (name: string) => load(`@pulumi/pulumi/proto/${name}_grpc_pb.js`) as Record<string, ServiceDefinition>;
const messages = (name: string) => load(`@pulumi/pulumi/proto/${name}_pb.js`) as Protocol;
const { Struct: StructMessage } = load('google-protobuf/google/protobuf/struct_pb.js') as Protocol;
const { Empty } = load('google-protobuf/google/protobuf/empty_pb.js') as Protocol;

/** `config` without the prefix. */
export async function runProgram(stack: string, config: Readonly<Record<string, string>>): Promise<Run> {
  const registered: Registered[] = [];
  const outputs: Record<string, unknown> = {};
  let said = '';
  const server = new Server();
  server.addService(services('resource')['ResourceMonitorService']!, monitor({ registered, outputs }));
  server.addService(
    services('engine')['EngineService']!,
    engine((text) => (said += `${text}\n`)),
  );
  const port = await new Promise<number>((done, failed) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : failed(error),
    ),
  );
  try {
    const { code, text } = await start(stack, config, port);
    return { code, registered, outputs, said: said + text };
  } finally {
    server.forceShutdown();
  }
}

async function start(
  stack: string,
  config: Readonly<Record<string, string>>,
  port: number,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const runner = load.resolve('@pulumi/pulumi/cmd/run/index.js');
  const address = `127.0.0.1:${port}`;
  const where = [`--monitor=${address}`, `--engine=${address}`, '--project=rexnet', `--stack=${stack}`, '--parallel=8'];
  const prefixed = Object.fromEntries(Object.entries(config).map(([key, value]) => [`rexnet:${key}`, value]));
  // As the language host of Pulumi.yaml does it, `typescript: false`.
  const env = { ...process.env, PULUMI_CONFIG: JSON.stringify(prefixed), PULUMI_NODEJS_TYPESCRIPT: 'false' };
  const child = spawn(process.execPath, [runner, ...where, `--pwd=${BASE}`, join('src', 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MAX_MS,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, text };
}

type Kept = { readonly registered: Registered[]; readonly outputs: Record<string, unknown> };

function monitor({ registered, outputs }: Kept) {
  const { SupportsFeatureResponse, RegisterResourceResponse } = messages('resource');
  return {
    supportsFeature: (_: Call, answer: Answer) => answer(null, reply(SupportsFeatureResponse, { setHassupport: true })),
    registerResource: ({ request }: Call, answer: Answer) => {
      const [type, name] = [String(get(request, 'Type')), String(get(request, 'Name'))];
      const inputs = (get(request, 'Object') as Struct).toJavaScript();
      if (type !== STACK) registered.push({ type, name, inputs });
      const printed = type === 'command:local:Command' ? { stdout: MOCKED_KUBECONFIG } : {};
      const object = StructMessage!.fromJavaScript({ ...inputs, ...printed });
      const urn = `urn:pulumi:test::rexnet::${type}::${name}`;
      answer(null, reply(RegisterResourceResponse, { setUrn: urn, setId: `${name}-id`, setObject: object }));
    },
    registerResourceOutputs: ({ request }: Call, answer: Answer) => {
      Object.assign(outputs, (get(request, 'Outputs') as Struct).toJavaScript());
      answer(null, new Empty!());
    },
    signalAndWaitForShutdown: (_: Call, answer: Answer) => answer(null, new Empty!()),
  };
}

function engine(say: (text: string) => void) {
  const { GetRootResourceResponse, SetRootResourceResponse } = messages('engine');
  return {
    log: ({ request }: Call, answer: Answer) => {
      if (Number(get(request, 'Severity')) > DEBUG) say(String(get(request, 'Message')));
      answer(null, new Empty!());
    },
    getRootResource: (_: Call, answer: Answer) => answer(null, reply(GetRootResourceResponse, {})),
    setRootResource: (_: Call, answer: Answer) => answer(null, reply(SetRootResourceResponse, {})),
  };
}

function get(message: Message, field: string): unknown {
  const getter = message[`get${field}`];
  if (getter === undefined) throw new Error(`Pulumi's messages have no ${field}`);
  return getter.call(message);
}

function reply(Kind: (new () => Message) | undefined, values: Readonly<Record<string, unknown>>): Message {
  if (Kind === undefined) throw new Error('Pulumi has other messages than it had');
  const message = new Kind();
  for (const [set, value] of Object.entries(values)) message[set]?.(value);
  return message;
}
