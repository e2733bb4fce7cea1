// The one form of time that leases and events accept: six decimals. Anything with three is answered 400.

export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/Z$/, '000Z');
}
