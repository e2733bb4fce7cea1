// Whether a condition is as it should be. It knows which ones are bad news when they hold; of all others the absence is.

const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(['Stalled', 'Degraded', 'NodeLost', 'Reconciling']);

export function isMet({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return BAD_WHEN_TRUE.has(type) ? status !== 'True' : status === 'True';
}
