// Packs texts into a zip archive (APPNOTE 6.3: deflate, UTF-8 names, no zip64). For small bundles only; it reads none.
import { crc32, deflateRawSync } from 'node:zlib';

export type ZipEntry = { readonly name: string; readonly text: string };

const LOCAL_HEADER = 0x0403_4b50;
const CENTRAL_HEADER = 0x0201_4b50;
const END_RECORD = 0x0605_4b50;
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_RECORD_BYTES = 22;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;
/** Regular file, readable by its owner. */
const UNIX_MODE = 0o100_600;
const MADE_BY_UNIX = 3 << 8;
const YEAR_ZERO = 1980;
export const ENTRIES_MAX = 65_535;
const BYTES_MAX = 0xffff_ffff;

export function zip(entries: readonly ZipEntry[], at: Date): Buffer {
  if (entries.length > ENTRIES_MAX) throw new RangeError(`more than ${ENTRIES_MAX} entries`);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const plain = Buffer.from(entry.text, 'utf8');
    const packed = deflateRawSync(plain);
    const facts = factsOf({ at, plain, packed, name });
    const local = Buffer.alloc(LOCAL_HEADER_BYTES);
    local.writeUInt32LE(LOCAL_HEADER, 0);
    facts.copy(local, 4);
    directory.push(centralHeader(facts, offset), name);
    parts.push(local, name, packed);
    offset += local.length + name.length + packed.length;
    if (offset > BYTES_MAX) throw new RangeError('the archive is too large');
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endRecord(entries.length, central.length, offset)]);
}

type Facts = { readonly at: Date; readonly plain: Buffer; readonly packed: Buffer; readonly name: Buffer };

/** The 26 bytes that both headers of an entry have. */
function factsOf({ at, plain, packed, name }: Facts): Buffer {
  const facts = Buffer.alloc(LOCAL_HEADER_BYTES - 4);
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - YEAR_ZERO) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  facts.writeUInt16LE(VERSION, 0);
  facts.writeUInt16LE(UTF8_NAMES, 2);
  facts.writeUInt16LE(DEFLATE, 4);
  facts.writeUInt16LE(time, 6);
  facts.writeUInt16LE(date, 8);
  facts.writeUInt32LE(crc32(plain), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(plain.length, 18);
  facts.writeUInt16LE(name.length, 22);
  return facts;
}

function centralHeader(facts: Buffer, offset: number): Buffer {
  const header = Buffer.alloc(CENTRAL_HEADER_BYTES);
  header.writeUInt32LE(CENTRAL_HEADER, 0);
  header.writeUInt16LE(MADE_BY_UNIX | VERSION, 4);
  facts.copy(header, 6);
  header.writeUInt32LE((UNIX_MODE << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return header;
}

function endRecord(entries: number, bytes: number, offset: number): Buffer {
  const record = Buffer.alloc(END_RECORD_BYTES);
  record.writeUInt32LE(END_RECORD, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
