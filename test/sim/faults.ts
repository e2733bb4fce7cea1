// What attackers and broken peers do in a simulation: leaves left out, private branches begun below a tip.
import { Disk, type Message, type SimNode } from './sim-node.ts';

/** A leaf on its way becomes "nothing for you": what a lying or broken peer would send. */
export function omitLeaves(message: Message): Message {
  const empty = new Uint8Array(0);
  if (message.kind === 'announce' && message.leaf !== undefined) {
    return { ...message, leaf: { ...message.leaf, leaf: empty } };
  }
  if (message.kind !== 'give') return message;
  return { ...message, leaves: message.leaves.map(({ id, leaf }) => ({ id, leaf: { ...leaf, leaf: empty } })) };
}

/** What the victim knows, without its last `depth` blocks and everything that built on or read them. */
export function diskBelow(victim: SimNode, depth: number): Disk {
  const { tree, tip } = victim.view;
  const root = tip.ancestorAt(tip.height - depth)!;
  const disk = new Disk();
  for (const [key, header] of victim.disk.headers) {
    const entry = tree.get(header.id);
    if (entry === undefined) continue;
    const height = entry.group === tip.group ? entry.height : (entry.cursor(tip.group)?.height ?? 0);
    if (height <= root.height) disk.headers.set(key, header);
  }
  for (const [key, block] of victim.disk.blocks) disk.blocks.set(key, block);
  for (const [key, leaf] of victim.disk.leaves) disk.leaves.set(key, leaf);
  for (const [key, id] of victim.disk.condemned) disk.condemned.set(key, id);
  disk.base = victim.disk.base;
  disk.tip = root.height <= 0 ? undefined : root.id;
  return disk;
}
