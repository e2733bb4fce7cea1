// A reading in so few bytes that it fits the termination message of a container: how a generator in a pod hands over what it measured.
// Written by the generator, read by whoever judges; of many groups it keeps the slowest and some others.
import { brokenReading } from './broken-reading.ts';
import type { Gate, GroupReading, Reading } from './reading.ts';

/** The kubelet keeps so much and cuts the rest, which would make it no JSON. */
export const SUMMARY_MAX_BYTES = 4_096;
const VERSION = 1;
const SLOWEST_KEPT = 8;
const OTHERS_KEPT = 24;
const SENTENCE_MAX_LENGTH = 200;
const DIGITS = 6;

type Body = Omit<Reading, 'groups' | 'repeat' | 'byGroup'>;
type Row = readonly [group: number, tps: number, blockMs: number | null];
interface Summary {
  readonly version: typeof VERSION;
  readonly groups: number;
  readonly byGroup: readonly Row[];
  readonly reading: Body;
}

export class SummaryError extends Error {
  readonly code = 'BAD_SUMMARY';
}

/** Never longer than a termination message. */
export function printSummary({ groups, repeat: _, byGroup, ...rest }: Reading): string {
  const reading: Body = {
    ...rest,
    gates: rest.gates.map(shortGate),
    ...(rest.broken === undefined ? {} : { broken: short(rest.broken) }),
  };
  const summary: Summary = { version: VERSION, groups, byGroup: sampleOf(byGroup).map(rowOf), reading };
  const text = JSON.stringify(summary, rounded);
  if (Buffer.byteLength(text) <= SUMMARY_MAX_BYTES) return text;
  return JSON.stringify({ ...summary, byGroup: [] }, rounded);
}

/** Throws SummaryError. */
export function parseSummary(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SummaryError('what the generator left behind is not JSON', { cause });
  }
  if (!isSummary(value)) throw new SummaryError('what the generator left behind is no summary');
  const { groups, byGroup, reading } = value;
  // What a newer generator leaves out must not break an older judge, nor the other way round.
  const whole = { ...brokenReading({ groups, repeat: 0 }, ''), ...reading };
  const { broken, ...sound } = whole;
  return {
    ...sound,
    ...(reading.broken === undefined ? {} : { broken: reading.broken }),
    byGroup: byGroup.map(([group, tps, blockMs]) => ({ group, tps, blockMs: blockMs ?? Number.POSITIVE_INFINITY })),
  };
}

function isSummary(value: unknown): value is Summary {
  if (typeof value !== 'object' || value === null) return false;
  const { version, groups, byGroup, reading } = value as Partial<Summary>;
  return (
    version === VERSION &&
    typeof groups === 'number' &&
    Array.isArray(byGroup) &&
    typeof reading === 'object' &&
    reading !== null &&
    typeof reading.tps === 'number' &&
    typeof reading.machine === 'object' &&
    typeof reading.generator === 'object' &&
    Array.isArray(reading.gates)
  );
}

/** The slowest are the ones to name; the others say what is usual. */
function sampleOf(byGroup: readonly GroupReading[]): readonly GroupReading[] {
  if (byGroup.length <= SLOWEST_KEPT + OTHERS_KEPT) return byGroup;
  const sorted = byGroup.toSorted((a, b) => a.tps - b.tps || a.group - b.group);
  const others = sorted.slice(SLOWEST_KEPT);
  const step = others.length / OTHERS_KEPT;
  const some = Array.from({ length: OTHERS_KEPT }, (_, index) => others[Math.floor(index * step)]);
  return [...sorted.slice(0, SLOWEST_KEPT), ...some.filter((one) => one !== undefined)];
}

function rowOf({ group, tps, blockMs }: GroupReading): Row {
  return [group, tps, Number.isFinite(blockMs) ? Math.round(blockMs) : null];
}

function shortGate({ name, isMet, detail }: Gate): Gate {
  return { name, isMet, detail: short(detail) };
}

function short(text: string): string {
  return text.length <= SENTENCE_MAX_LENGTH ? text : `${text.slice(0, SENTENCE_MAX_LENGTH - 1)}…`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
}
