// The four words every part shares: fuel, stack, length of the last answer, and why an invocation failed.

export let fuel: i64 = 0;
export let stack: i32 = 0;
export let len: i32 = 0;
/** 0 = none: a trap then is a defect of ours. */
export let code: i32 = 0;

export function fault(id: i32): void {
  code = id;
  unreachable();
}

@inline
export function charge(gas: i64): void {
  fuel -= gas;
  if (fuel < 0) fault(30);
}

/** A state that cannot be: the node stops. */
export function broken(): void {
  code = 0;
  unreachable();
}

export function clearFault(): void {
  code = 0;
}
