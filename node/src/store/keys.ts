// Keys of the tables: big-endian numbers, so that byte order is number order.

/** group ‖ height ‖ block id. */
export function heightKey(group: number, height: number, id: Uint8Array = new Uint8Array(0)): Buffer {
  const key = Buffer.alloc(12 + id.length);
  key.writeUInt32BE(group, 0);
  key.writeBigUInt64BE(BigInt(height), 4);
  key.set(id, 12);
  return key;
}

/** block id ‖ destination group. */
export function outboxKey(id: Uint8Array, group: number): Buffer {
  const key = Buffer.alloc(36);
  key.set(id, 0);
  key.writeUInt32BE(group, 32);
  return key;
}

/** height ‖ block id. */
export function rootsKey(height: number, id: Uint8Array): Buffer {
  const key = Buffer.alloc(8 + id.length);
  key.writeBigUInt64BE(BigInt(height), 0);
  key.set(id, 8);
  return key;
}
