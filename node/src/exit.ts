// How rxd ends: exit codes, and the one sentence a person gets for a failure that was to be expected. Ends nothing itself.

/** INTERFACES: 0 ok, 1 error, 2 usage or invalid file, 5 verdict not met. */
export const EXIT = { ok: 0, error: 1, usage: 2, verdictNotMet: 5 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A file somebody gave us that cannot be what it should be. */
export class InputError extends Error {
  readonly code = 'BAD_INPUT';

  constructor(what: string, cure: string, cause?: unknown) {
    super(`${what}\n  cure: ${cure}`, cause === undefined ? undefined : { cause });
  }
}

interface Ending {
  readonly exit: Exit;
  readonly cure?: string;
}

/** Failures by their code, whatever thread they came from. Where no cure is named, the message holds it. */
const EXPECTED: Readonly<Record<string, Ending>> = {
  USAGE: { exit: EXIT.usage },
  BAD_INPUT: { exit: EXIT.usage },
  BAD_PEER_FILE: {
    exit: EXIT.usage,
    cure: 'write {"groups": {"0": [{"node": "g0-n0", "grpc": "HOST:PORT", "peer": "HOST:PORT"}]}} into the file --peers names',
  },
  LOCKED: { exit: EXIT.error },
  FOREIGN: { exit: EXIT.usage },
  VERSION: { exit: EXIT.usage },
  DAMAGED: { exit: EXIT.usage },
};

/** What the operating system says, in words. */
const SYSTEM: Readonly<Record<string, { readonly words: string } & Ending>> = {
  ENOENT: { words: 'no such file or folder', exit: EXIT.usage, cure: 'check the path' },
  EISDIR: { words: 'is a folder', exit: EXIT.usage, cure: 'name a file in it' },
  ENOTDIR: { words: 'a part of the path is no folder', exit: EXIT.usage, cure: 'check the path' },
  EACCES: { words: 'permission denied', exit: EXIT.usage, cure: 'give this user the right, or choose another place' },
  EROFS: { words: 'the file system is read-only', exit: EXIT.usage, cure: 'choose another place' },
  ENOSPC: { words: 'the disk is full', exit: EXIT.error, cure: 'free some space and start again' },
  EADDRINUSE: {
    words: 'another process listens there',
    exit: EXIT.error,
    cure: 'end it, or choose another port with --grpc, --peer-grpc or --metrics',
  },
  EADDRNOTAVAIL: { words: 'this machine has no such address', exit: EXIT.usage, cure: 'listen on one of its own' },
  ENOTFOUND: { words: 'this name has no address', exit: EXIT.usage, cure: 'listen on an address of this machine' },
};

export interface WordedFailure {
  readonly exit: Exit;
  readonly text: string;
}

/** The failure in words for a person, or undefined when it is a mistake of ours and wants its stack. */
export function wordFailure(error: unknown): WordedFailure | undefined {
  const code = fieldOf(error, 'code');
  if (!(error instanceof Error) || typeof code !== 'string') return undefined;
  const known = Object.hasOwn(EXPECTED, code) ? EXPECTED[code] : undefined;
  if (known !== undefined) return { exit: known.exit, text: withCure(error.message, known.cure) };
  const system = Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
  if (system === undefined) return undefined;
  return { exit: system.exit, text: withCure(`${placeOf(error)}: ${system.words}`, system.cure) };
}

function withCure(what: string, cure: string | undefined): string {
  return cure === undefined ? what : `${what}\n  cure: ${cure}`;
}

/** The file or the address a call of the system failed on. */
function placeOf(error: Error): string {
  const [path, address, port] = ['path', 'address', 'port'].map((name) => fieldOf(error, name));
  if (typeof path === 'string') return path;
  return typeof address === 'string' ? `${address}:${String(port)}` : error.message;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
