// Original file: rexnet/v1/node.proto

import type { Long } from '@grpc/proto-loader';

export interface Network {
  'genesisId'?: (Buffer | Uint8Array | string);
  'networkId'?: (Buffer | Uint8Array | string);
  'partitions'?: (number);
  'confirmations'?: (number);
  'blockIntervalMs'?: (number);
  'gasPriceFloor'?: (number | string | Long);
  'blockGas'?: (number | string | Long);
  'userGas'?: (number | string | Long);
}

export interface Network__Output {
  'genesisId': (Buffer);
  'networkId': (Buffer);
  'partitions': (number);
  'confirmations': (number);
  'blockIntervalMs': (number);
  'gasPriceFloor': (string);
  'blockGas': (string);
  'userGas': (string);
}
