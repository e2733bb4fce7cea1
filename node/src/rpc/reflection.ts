// gRPC reflection, so that grpcurl and its like explore a node without our .proto files. The package that knows the protocol
// is loaded at the first question: a node nobody explores pays nothing for it. It tells of the users' port only.
import { EventEmitter } from 'node:events';
import type {
  MethodDefinition,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { LOADER_OPTIONS } from '@rexnet/proto/options.ts';
import { type Calls, incoming, writeTo } from './calls.ts';
import { RpcError } from './errors.ts';

/** Old explorers know v1alpha only; both say the same. */
export const REFLECTION_VERSIONS = ['v1', 'v1alpha'] as const;
export type ReflectionVersion = (typeof REFLECTION_VERSIONS)[number];

const METHOD = 'ServerReflectionInfo';
const NODE_PROTO = 'rexnet/v1/node.proto';
const LISTED_SERVICES = ['rexnet.v1.Node', 'grpc.health.v1.Health'];

/** Bytes of one question to bytes of its answer. */
type Answerer = (question: Buffer) => Buffer;

export function reflectionDefinition(version: ReflectionVersion): ServiceDefinition {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    [METHOD]: {
      path: `/grpc.reflection.${version}.ServerReflection/${METHOD}`,
      requestStream: true,
      responseStream: true,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

export function reflectionService(version: ReflectionVersion, calls: Calls): UntypedServiceImplementation {
  return {
    [METHOD]: (call: ServerDuplexStream<Buffer, Buffer>) =>
      calls.stream(call, `Reflection.${METHOD}`, async (active) => {
        const answer = (await answerers()).get(version);
        if (answer === undefined) throw new Error(`the reflection package offers no ${version}`);
        for await (const question of incoming(call)) await writeTo(call, answer(question), active);
      }),
  };
}

let loaded: Promise<ReadonlyMap<string, Answerer>> | undefined;

function answerers(): Promise<ReadonlyMap<string, Answerer>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ReadonlyMap<string, Answerer>> {
  const [{ ReflectionService }, { loadSync }, health] = await Promise.all([
    import('@grpc/reflection'),
    import('@grpc/proto-loader'),
    import('grpc-health-check'),
  ]);
  // Names as they are written in the .proto files.
  const options = { ...LOADER_OPTIONS, keepCase: true, includeDirs: [...LOADER_OPTIONS.includeDirs] };
  const packages = { ...loadSync(health.protoPath, options), ...loadSync(NODE_PROTO, options) };
  const found = new Map<string, Answerer>();
  new ReflectionService(packages, { services: LISTED_SERVICES }).addToServer({
    addService: (definition, implementation) => {
      const method = definition[METHOD];
      const handler = implementation[METHOD];
      if (method === undefined || handler === undefined) return;
      const version = method.path.split('.')[2] ?? '';
      found.set(version, (bytes) => method.responseSerialize(ask(handler, decoded(method, bytes))));
    },
  });
  return found;
}

function decoded(method: MethodDefinition<unknown, unknown>, bytes: Buffer): unknown {
  try {
    return method.requestDeserialize(bytes);
  } catch (cause) {
    throw new RpcError('BAD_REQUEST', { message: 'these bytes are no ServerReflectionRequest' }, { cause });
  }
}

/** The package answers a message within the event that brings it. */
function ask(handler: UntypedHandleCall, question: unknown): unknown {
  const answers: unknown[] = [];
  const call = Object.assign(new EventEmitter(), { write: (answer: unknown) => answers.push(answer) });
  (handler as (call: unknown) => void)(call);
  call.emit('data', question);
  return answers[0];
}
