// What a check of a file tells. Types only.

export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  /** Of the file, such as spec.groups; or the code of the compiler. */
  readonly where: string;
  readonly message: string;
  readonly cure: string | undefined;
};
export type Linted = {
  readonly file: string;
  readonly kind: 'testnet' | 'contract' | 'loadtest' | 'consensusgroup' | 'shardmap';
  readonly findings: readonly Finding[];
  /** What the file says, in a few words, when nothing is wrong. */
  readonly summary: string;
};
