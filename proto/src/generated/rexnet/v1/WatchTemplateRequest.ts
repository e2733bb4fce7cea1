// Original file: rexnet/v1/mining.proto


export interface WatchTemplateRequest {
}

export interface WatchTemplateRequest__Output {
}
