// How .proto files are read: the one set of options for loading at run time and for generating types. Loads nothing.
import { fileURLToPath } from 'node:url';

/** The folder imports inside .proto files start from. */
export const PROTO_ROOT: string = fileURLToPath(new URL('..', import.meta.url));

export const SERVICE_FILES = ['rexnet/v1/node.proto', 'rexnet/v1/peer.proto', 'rexnet/v1/mining.proto'] as const;
export const PROTO_FILES = ['google/rpc/status.proto', ...SERVICE_FILES] as const;

/** u64 arrives as a decimal string and becomes a bigint or a safe integer in node/rpc; bytes arrive as Buffer. */
export const LOADER_OPTIONS = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_ROOT],
} as const;

/** The same options, as proto-loader-gen-types spells them. */
export const GENERATOR_ARGUMENTS = [
  '--longs=String',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--grpcLib=@grpc/grpc-js',
  '--targetFileExtension=.ts',
  '--importFileExtension=.ts',
] as const;
