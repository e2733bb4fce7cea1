// Loads the services from their .proto files, whatever the working directory. Knows no node.
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as MiningPackage } from './generated/mining.ts';
import type { ProtoGrpcType as NodePackage } from './generated/node.ts';
import type { ProtoGrpcType as PeerPackage } from './generated/peer.ts';
import type { ErrorDetail, ErrorDetail__Output } from './generated/rexnet/v1/ErrorDetail.ts';
import { LOADER_OPTIONS, PROTO_FILES } from './options.ts';

/** google.rpc.Status, what `grpc-status-details-bin` carries. */
export interface StatusMessage {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

interface StatusPackage {
  readonly google: { readonly rpc: { readonly Status: MessageTypeDefinition<StatusMessage, StatusMessage> } };
}

const packages = loadPackageDefinition(
  loadSync([...PROTO_FILES], { ...LOADER_OPTIONS, includeDirs: [...LOADER_OPTIONS.includeDirs] }),
);
const { rexnet } = packages as unknown as NodePackage & PeerPackage & MiningPackage;
const { google } = packages as unknown as StatusPackage;

export const Node = rexnet.v1.Node;
export const Peer = rexnet.v1.Peer;
export const Mining = rexnet.v1.Mining;
export const ErrorDetailType: MessageTypeDefinition<ErrorDetail, ErrorDetail__Output> = rexnet.v1.ErrorDetail;
export const StatusType: MessageTypeDefinition<StatusMessage, StatusMessage> = google.rpc.Status;
