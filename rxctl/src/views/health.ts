// What is wrong with a group or a network, in a word and a tone: the one place where "is it OK?" is decided. Pure.
import { isMet } from '../sources/condition.ts';
import type { GroupSight, NodeSight, Snapshot } from '../sources/source.ts';
import type { Tone } from './line.ts';
import { count, duration } from './units.ts';

export type Health = { readonly icon: string; readonly tone: Tone; readonly word: string };

/** Beats without a block before a group counts as late, and as silent. */
const LATE_BEATS = 5;
const SILENT_BEATS = 20;
const LATE_FLOOR_MS = 5_000;
const SILENT_FLOOR_MS = 20_000;
/** Readable blocks of another group that wait unread; a block or two is the beat. */
const LAG_BLOCKS = 5;

const GOOD = { icon: '✔', tone: 'good' } as const;
const WARN = { icon: '⚠', tone: 'warn' } as const;
const BAD = { icon: '✖', tone: 'bad' } as const;
const IDLE = { icon: '◌', tone: 'dim' } as const;

export function groupHealth(
  { nodes, readyNodes, height, tipAgeMs, lagBlocks }: GroupSight,
  { blockIntervalMs, status }: Pick<Snapshot, 'blockIntervalMs' | 'status'>,
): Health {
  if (status.phase === 'Suspended') return { ...IDLE, word: 'suspended' };
  // In a cluster somebody else may know that a node is well which does not answer us.
  if (tipAgeMs === undefined && readyNodes === 0)
    return status.phase === 'Starting' ? { ...IDLE, word: 'starting' } : { ...BAD, word: 'down' };
  if (height === 0) return { ...IDLE, word: 'no block yet' };
  if (tipAgeMs === undefined)
    return readyNodes < nodes ? { ...WARN, word: `${readyNodes}/${nodes} nodes` } : { ...GOOD, word: 'ok' };
  if (tipAgeMs > Math.max(SILENT_FLOOR_MS, SILENT_BEATS * blockIntervalMs))
    return { ...BAD, word: `silent ${duration(tipAgeMs)}` };
  if (tipAgeMs > Math.max(LATE_FLOOR_MS, LATE_BEATS * blockIntervalMs))
    return { ...WARN, word: `late ${duration(tipAgeMs)}` };
  if (readyNodes < nodes) return { ...WARN, word: `${readyNodes}/${nodes} nodes` };
  if (lagBlocks !== undefined && lagBlocks > LAG_BLOCKS) return { ...WARN, word: `lag ${count(lagBlocks)}` };
  return { ...GOOD, word: 'ok' };
}

export function lagTone(blocks: number): Tone {
  return blocks > LAG_BLOCKS ? 'warn' : blocks > 1 ? 'strong' : 'dim';
}

export function nodeHealth({ process, height, isInSync, conditions }: NodeSight): Health {
  if (process === 'Stopped') return { ...BAD, word: 'stopped' };
  if (process === 'Restarting') return { ...BAD, word: 'restarting' };
  if (height === undefined) return { ...WARN, word: 'silent' };
  const complaint = conditions.find(({ status }) => status === 'True');
  if (complaint !== undefined) return { ...WARN, word: complaint.type };
  return isInSync === false ? { ...WARN, word: 'catching up' } : { ...GOOD, word: 'in sync' };
}

export type Answer = Health & { readonly sentence: string };

/** Conditions that may be False without anything being wrong. */
const NOT_WRONG = ['NotAsked', 'NotRunning'];

/** The one line a person looks for first: the worst thing, and whether it is bad. */
export function answerOf(snapshot: Snapshot): Answer {
  const { status, groups, isLookedAfter, load } = snapshot;
  const unmet = status.conditions.filter((condition) => !isMet(condition));
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  if (status.phase === 'Suspended') return { ...IDLE, word: status.phase, sentence: ready?.message ?? '' };
  if (status.phase === 'Starting') return { ...WARN, icon: '…', word: status.phase, sentence: unmet[0]?.message ?? '' };
  if (status.phase === 'Degraded') return { ...BAD, word: status.phase, sentence: ready?.message ?? '' };
  if (!isLookedAfter)
    return {
      ...WARN,
      word: status.phase,
      sentence: 'Nobody restarts what ends; start rxctl up again to look after it.',
    };
  const sick = groups
    .map((group) => ({ group, health: groupHealth(group, snapshot) }))
    .filter(({ health }) => health.tone !== 'good');
  const [first] = sick;
  if (first !== undefined) {
    const others = sick.length === 1 ? '' : `, and ${sick.length - 1} more ${sick.length === 2 ? 'group' : 'groups'}`;
    return { ...WARN, word: status.phase, sentence: `But group ${first.group.group}: ${first.health.word}${others}.` };
  }
  if (load?.invalid !== undefined)
    return { ...WARN, word: status.phase, sentence: `Figures do not count: ${load.invalid}.` };
  const wrong = unmet.find(({ reason }) => !NOT_WRONG.includes(reason));
  if (wrong !== undefined) return { ...WARN, word: status.phase, sentence: wrong.message };
  return { ...GOOD, word: status.phase, sentence: ready?.message ?? '' };
}
