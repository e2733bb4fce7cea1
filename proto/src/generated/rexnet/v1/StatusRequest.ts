// Original file: rexnet/v1/node.proto


export interface StatusRequest {
}

export interface StatusRequest__Output {
}
