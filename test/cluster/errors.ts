// What can go wrong with a cluster for tests, one code each; the sentence says what to do. It decides nothing.

export type ClusterErrorCode =
  | 'NOT_LINUX'
  | 'NOT_ROOT'
  | 'PROGRAMS_MISSING'
  | 'NO_ROOM'
  | 'BUILD_FAILED'
  | 'ALREADY_UP'
  | 'NAMES_TAKEN'
  | 'NOT_UP'
  | 'START_FAILED'
  | 'LEFT_SOMETHING'
  | 'PROGRAM_FAILED'
  | 'NOT_HERE'
  | 'USAGE';

export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, sentence: string, options: ErrorOptions = {}) {
    super(sentence, options);
    this.code = code;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
