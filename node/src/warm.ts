// Loads what every program and thread of a node runs, and ends: Node's compile cache then has it, and the many processes
// that start after it need no type stripper in each of their threads (12 MB apiece).
const SOURCES = [
  './main.ts',
  './commands/run.ts',
  './commands/mine.ts',
  './engine/engine.worker.ts',
  './signatures/zip215.worker.ts',
  './miner/grind.worker.ts',
] as const;

// A worker's source may refuse to run here; its imports are loaded before it does.
await Promise.allSettled(SOURCES.map((source) => import(source)));
process.exit(0);
