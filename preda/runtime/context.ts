// What a contract may ask about block, transaction and itself (docs/vm.md §5).
import {
  BLOCK_HEIGHT,
  BLOCK_MINER,
  BLOCK_PARENT,
  BLOCK_TIME,
  KIND_USER,
  R_CONTRACT,
  R_ID,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_KIND,
  R_ORIGIN,
  SCOPE_ADDRESS,
  R_SCOPE,
  TEXT_SCRATCH,
} from './layout';
import { broken, fault, fuel } from './fault';
import { current, here } from './frame';
import { copy36, copyKey36 } from './relay';
import { equalBytes } from './cells';
import { partitions } from './table';
import { hash } from './sha256';
import { writeContractAddress } from './address';
import { checkOut } from './heap';

export function context(id: i32): i64 {
  const d = current;
  const kind = <u32>load<u8>(d, R_KIND);
  switch (id) {
    case 0:
      return load<i64>(BLOCK_HEIGHT);
    case 1:
      return here;
    case 2:
      return ctz<u32>(partitions);
    case 3:
      return load<i64>(BLOCK_TIME);
    case 4:
      return random(d);
    case 5:
      return kind == KIND_USER ? 0 : 1;
    case 6:
      return fuel;
    case 7:
      return load<i64>(d, R_CONTRACT);
    case 8:
      if (kind == KIND_USER) fault(27);
      return load<u16>(d, R_ORIGIN);
    case 9:
      return kind == KIND_USER && <u32>load<u8>(d, R_SCOPE) == SCOPE_ADDRESS && equalBytes(d + R_KEY, d + R_INITIATOR, 36) ? 1 : 0;
  }
  broken();
  return 0;
}

/** First 8 bytes of SHA-256(parent id ‖ height u64 ‖ partition u32 ‖ invocation id). */
function random(d: u32): i64 {
  const at = TEXT_SCRATCH;
  memory.copy(at, BLOCK_PARENT, 32);
  store<u64>(at, load<u64>(BLOCK_HEIGHT), 32);
  store<u32>(at, here, 40);
  memory.copy(at + 44, d + R_ID, 32);
  hash(at + 96, at, 76);
  return load<i64>(at, 96);
}

export function context_bytes(id: i32, out: i32): void {
  const d = current;
  checkOut(out, 36);
  switch (id) {
    case 0:
      copyKey36(out, d + R_KEY, load<u8>(d, R_KEY_LEN));
      return;
    case 1:
      copy36(out, d + R_INITIATOR);
      return;
    case 2:
      copy36(out, BLOCK_MINER);
      return;
    case 3:
      writeContractAddress(out, load<u64>(d, R_CONTRACT));
      return;
  }
  broken();
}

export function sha256(out: i32, at: i32, size: i32): void {
  checkOut(out, 32);
  hash(out, at, size);
}
