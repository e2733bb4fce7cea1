// What can be wrong with a data folder, as facts with a cure; worded here once.

export type StoreProblem = 'LOCKED' | 'FOREIGN' | 'DAMAGED' | 'VERSION';

export class StoreError extends Error {
  readonly code: StoreProblem;
  readonly cure: string;

  constructor(code: StoreProblem, what: string, cure: string, cause?: unknown) {
    super(`${what}; ${cure}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.cure = cure;
  }
}

export function damaged(dir: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    'DAMAGED',
    `the data folder ${dir} is damaged: ${what}`,
    'move it away and start again: the node fetches the chain anew from its peers; with one node per group its chain is lost',
    cause,
  );
}
