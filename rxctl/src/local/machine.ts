// Measures a machine before a network runs on it: cores, memory, disk, clock. It writes one small file and removes it, and judges
// nothing.
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClockFacts, DiskFacts, MachineFacts } from '../doctor.ts';
import { REPOSITORY } from './folders.ts';

const FSYNCS = 20;
const BLOCK_BYTES = 16 * 1024;
const CLOCK_WATCH_MS = 200;
const PERCENTILE = 0.95;

/** Takes less than a millisecond: no disk is written, no clock watched. */
export function quickFacts(folder: string): MachineFacts {
  return {
    cores: availableParallelism(),
    memoryBytes: process.availableMemory(),
    nodeVersion: process.versions.node,
    disk: freeSpace(folder),
    clock: { nowMs: Date.now(), newestSourceMs: 0, driftMs: 0 },
  };
}

export async function machineFacts(folder: string): Promise<MachineFacts> {
  return { ...quickFacts(folder), disk: diskFacts(folder), clock: await clockFacts() };
}

function freeSpace(folder: string): DiskFacts {
  try {
    const { bavail, bsize } = statfsSync(existing(folder));
    return { folder, freeBytes: bavail * bsize, fsyncMs: undefined };
  } catch (error) {
    return { folder, problem: messageOf(error) };
  }
}

/** The folder, or the nearest one above it that is there. */
function existing(folder: string): string {
  let path = folder;
  while (statSync(path, { throwIfNoEntry: false }) === undefined && dirname(path) !== path) path = dirname(path);
  return path;
}

/** Writes as a node does: a block, then wait until it is safe. */
function diskFacts(folder: string): DiskFacts {
  const space = freeSpace(folder);
  if ('problem' in space) return space;
  // The folder itself need not be there yet: what is nearest above it lies on the same disk.
  const path = join(existing(folder), `.doctor-${process.pid}`);
  try {
    const file = openSync(path, 'w');
    try {
      const block = Buffer.alloc(BLOCK_BYTES, 1);
      const times = Array.from({ length: FSYNCS }, () => {
        const beganMs = performance.now();
        writeSync(file, block);
        fsyncSync(file);
        return performance.now() - beganMs;
      }).sort((left, right) => left - right);
      const fsyncMs = times[Math.ceil(FSYNCS * PERCENTILE) - 1];
      return { ...space, fsyncMs };
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
  } catch (error) {
    return { folder, problem: messageOf(error) };
  }
}

async function clockFacts(): Promise<ClockFacts> {
  const wallMs = Date.now();
  const steadyMs = performance.now();
  await delay(CLOCK_WATCH_MS);
  const driftMs = Date.now() - wallMs - (performance.now() - steadyMs);
  return { nowMs: Date.now(), newestSourceMs: newestSource(), driftMs };
}

function newestSource(): number {
  const folder = join(REPOSITORY, 'rxctl', 'src');
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
