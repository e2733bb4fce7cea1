// Original file: rexnet/v1/node.proto


export interface WatchBlocksRequest {
}

export interface WatchBlocksRequest__Output {
}
