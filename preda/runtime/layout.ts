// Where everything lies: fixed addresses of the runtime, offsets in records, receipts, lines and journal entries. No code.

// --- fixed memory, below the first page that is handed out -------------------------------------------------------
/** 3 × INSTANCE: the invocation's own, shard and global instance. */
export const INSTANCES: u32 = 0x10200;
export const INSTANCE_BYTES: u32 = 0x100;
/** Cell id being built for a map element, or handed in by the host. */
export const ID_BUFFER: u32 = 0x10600;
/** Two more, for comparing. */
export const ID_LEFT: u32 = 0x10800;
export const ID_RIGHT: u32 = 0x10a00;
/** Key of a short cell id, 36 bytes. */
export const KEY_BUFFER: u32 = 0x10c00;
/** Random words of the index hash. */
export const NH_KEYS: u32 = 0x10d00;
export const NH_KEY_WORDS: u32 = 80;
/** height u64, timestamp u64, parent id 32, miner 36. */
export const BLOCK: u32 = 0x10f00;
export const BLOCK_HEIGHT: u32 = BLOCK;
export const BLOCK_TIME: u32 = BLOCK + 8;
export const BLOCK_PARENT: u32 = BLOCK + 16;
export const BLOCK_MINER: u32 = BLOCK + 48;
export const SHA_SCRATCH: u32 = 0x11000;
/** Per size class: free list, bump pointer, end. */
export const CLASSES: u32 = 0x11c00;
/** Free page runs by order. */
export const RUNS: u32 = 0x12200;
/** Ring of ranges contracts may write (guard only). */
export const GUARD_RANGES: u32 = 0x12400;
export const GUARD_RANGE_COUNT: u32 = 512;
/** Directory and segment of a partition without cells. */
export const EMPTY_DIRECTORY: u32 = 0x13800;
export const EMPTY_SEGMENT: u32 = 0x13810;
/** Table slots of contracts: 1,024 pointers to 1,024 slots each. */
export const CONTRACT_SLOTS: u32 = 0x14000;
/** Text and numbers in the making. */
export const TEXT_SCRATCH: u32 = 0x15000;
/** A long id whose tag is computed. */
export const ID_TAG: u32 = 0x15400;
/** Records whose id is to be computed. */
export const ID_QUEUE: u32 = 0x16000;
/** WINDOW × HINT: what the next records will touch. */
export const HINTS: u32 = 0x16400;
export const HINT_BYTES: u32 = 24;
export const WINDOW: u32 = 96;
/** 64 words of eight messages. */
export const SHA8_WORDS: u32 = 0x17000;
/** Eight tables of 256 words: CRC-32C eight bytes at a time. */
export const CRC_TABLE: u32 = 0x18000;
/** Pages of the journal. */
export const JOURNAL_PAGES: u32 = 0x20000;
export const JOURNAL_PAGE_COUNT: u32 = 0x8000;
export const FIRST_FREE_PAGE: u32 = 4;

// --- invocation record -------------------------------------------------------------------------------------------
export const R_SIZE: u32 = 0;
export const R_KIND: u32 = 4;
export const R_SCOPE: u32 = 5;
export const R_OP: u32 = 6;
export const R_CONTRACT: u32 = 8;
export const R_GAS: u32 = 16;
export const R_PRICE: u32 = 24;
export const R_VALUE: u32 = 32;
export const R_NONCE: u32 = 40;
export const R_ID: u32 = 48;
export const R_ROOT: u32 = 80;
export const R_INITIATOR: u32 = 112;
export const R_FROM: u32 = 148;
export const R_PARTITION: u32 = 184;
export const R_INDEX: u32 = 188;
export const R_ARGS_LEN: u32 = 192;
export const R_KEY_LEN: u32 = 196;
export const R_ORIGIN: u32 = 198;
export const R_KEY: u32 = 200;

export const KIND_USER: u32 = 0;
export const KIND_RELAY: u32 = 1;
export const KIND_DEFERRED: u32 = 2;
export const KIND_VALUE: u32 = 3;
export const KIND_CREDIT: u32 = 4;
export const NO_CODE: u32 = 0xffff;
export const OP_TRANSFER: u32 = 0;

export const SCOPE_ACCOUNT: u32 = 0;
export const SCOPE_ADDRESS: u32 = 1;
export const SCOPE_SHARD: u32 = 2;
export const SCOPE_GLOBAL: u32 = 3;

export const GLOBAL_PARTITION: u32 = 65535;
export const REPLICA_PARTITION: u32 = 65534;

// --- receipt -----------------------------------------------------------------------------------------------------
export const RECEIPT_BYTES: u32 = 184;

// --- line: one cell, 64 bytes ------------------------------------------------------------------------------------
/** Number of the invocation that wrote it last. */
export const L_MARK: u32 = 0;
/** contract << 7 | scope << 3 | key code, and in the top 5 bits the length of the payload or LEN_OBJECT, LEN_ABSENT. */
export const L_META: u32 = 4;
/** 36 bytes; for shorter keys zero-padded to 32, then the partition. Of a long id: pointer, length, …, partition. */
export const L_KEY: u32 = 8;
/** 20 bytes of payload, or pointer and length of the object that holds it. */
export const L_PAYLOAD: u32 = 44;
export const LINE_BYTES: u32 = 64;
export const INLINE_BYTES: u32 = 20;
export const META_MASK: u32 = 0x07ffffff;
export const LEN_SHIFT: u32 = 27;
export const LEN_ABSENT: u32 = 30;
export const LEN_OBJECT: u32 = 31;
/** Key codes: 0 marks a free line; 1…6 keys of 0, 4, 8, 16, 32, 36 bytes; 7 a long id. */
export const CODE_ADDRESS: u32 = 6;
export const CODE_LONG: u32 = 7;
export const MAX_SHORT_CONTRACT: u32 = 1 << 20;

// --- journal entry: 32 bytes, the line before its first write in an invocation ------------------------------------
export const J_LINE: u32 = 0;
export const J_MARK: u32 = 4;
/** 0 = the line was made by this write. */
export const J_META: u32 = 8;
export const J_PAYLOAD: u32 = 12;
export const JOURNAL_ENTRY_BYTES: u32 = 32;

// --- bounds ------------------------------------------------------------------------------------------------------
export const MAX_ID_BYTES: u32 = 256;
export const MAX_VALUE_BYTES: u32 = 1 << 20;
export const MAX_RECORD_BYTES: u32 = 66_048;
/** Bytes of relays of one invocation: below any maxBatchBytes, so that an empty batch always has room for it. */
export const MAX_EMISSION_BYTES: u32 = 1_000_000;
export const MAX_HEAP_BYTES: u32 = 16 << 20;
export const STACK_BYTES: i32 = 256 << 10;

// --- gas (preda.md a.17) -----------------------------------------------------------------------------------------
export const GAS_TRANSACTION: i64 = 20_000;
export const GAS_RELAY: i64 = 8_000;
export const GAS_RELAY_GLOBAL: i64 = 50_000;
export const GAS_GROWTH_BYTE: i64 = 100;
export const GAS_READ: i64 = 5;
export const GAS_WRITE: i64 = 3;

// --- why a run stopped -------------------------------------------------------------------------------------------
export const STOP_END: i32 = 0;
export const STOP_GAS: i32 = 1;
export const STOP_ROOM: i32 = 2;
export const STOP_INVALID: i32 = 3;
/** The relay buffer must be emptied first. */
export const STOP_FLUSH: i32 = 4;
/** The contract of the current record has no instance yet. */
export const STOP_INSTANTIATE: i32 = 5;

/** The next record is not whole: the host hands in the rest. */
export const STOP_MORE: i32 = 6;

/** Contract slots below this are not table slots. */
export const SLOT_NONE: u32 = 0;
export const SLOT_LAZY: u32 = 1;

// --- fault codes beyond preda.md a.15 ----------------------------------------------------------------------------
/** The destination lags: an exception id of its own, seen in receipts. */
export const FAULT_BUSY: i32 = 34;
export const FAULT_ROOM: i32 = 254;
/** 100 + a status that is not an exception. */
export const FAULT_STATUS: i32 = 100;
export const STATUS_INSUFFICIENT_FUNDS: i32 = 2;
export const STATUS_INSUFFICIENT_GAS: i32 = 3;
export const STATUS_CONTRACT_UNAVAILABLE: i32 = 8;
export const STATUS_FUNCTION_UNAVAILABLE: i32 = 9;
export const STATUS_INVALID_ARGUMENTS: i32 = 11;
