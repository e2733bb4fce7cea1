// The invocation that is running: its record, where it runs, and what it leaves behind besides state.

/** Its record. */
export let current: u32 = 0;
/** Where it runs: the sender's partition for a user transaction, else the target's. */
export let here: u32 = 0;
/** Amount of its log record. */
export let amountLow: i64 = 0;
export let amountHigh: i64 = 0;
/** Return value of a call. */
export let returned: u32 = 0;
export let returnedBytes: u32 = 0;
/** True while a read-only call runs: nothing it emits goes anywhere. */
export let calling: bool = false;

@inline
export function begin(record: u32, partition: u32): void {
  current = record;
  here = partition;
  amountLow = 0;
  amountHigh = 0;
  returnedBytes = 0;
}

export function setCalling(on: bool): void {
  calling = on;
}

export function log_amount(low: i64, high: i64): void {
  amountLow = low;
  amountHigh = high;
}

export function ret(at: i32, size: i32): void {
  returned = at;
  returnedBytes = size;
}
