// An expected failure of `npm run image`: what is wrong, and one line that says what to do. It ends nothing itself.

export const EXIT = { ok: 0, error: 1, usage: 2 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export class ImageError extends Error {
  readonly code: Exit;

  constructor(code: Exit, what: string, cure: string, cause?: unknown) {
    super(`${what}\n  cure: ${cure}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
