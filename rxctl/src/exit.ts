// The exit codes of rxctl, and the error that carries one. Nothing here ends the process.

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  timeout: 3,
  degraded: 4,
  verdictNotMet: 5,
  measurementInvalid: 6,
  notReachable: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected failure: one line that says what is wrong, one that says what to do. */
export class CliError extends Error {
  readonly code: ExitCode;
  readonly cure: string | undefined;

  constructor(code: ExitCode, message: string, cure?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.cure = cure;
  }
}
