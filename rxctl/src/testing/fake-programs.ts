// Stand-ins for the programs a plan starts: a node that counts up a height in its data folder, a miner that stays, a load
// generator that reports. Only for tests of rxctl; they speak no protocol.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../local/children.ts';

const NODE = `
const fs = require('node:fs');
const [verb, ...words] = process.argv.slice(2);
const flag = (name) => words[words.indexOf('--' + name) + 1];
process.on('SIGTERM', () => process.exit(0));
JSON.parse(fs.readFileSync(flag('peers'), 'utf8'));
if (verb === 'mine') setInterval(() => undefined, 1000);
else {
  const folder = flag('data');
  fs.mkdirSync(folder, { recursive: true });
  const file = folder + '/height';
  let height = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  console.log('node at', height);
  setInterval(() => { fs.writeFileSync(file + '.new', String(++height)); fs.renameSync(file + '.new', file); }, 50);
}
`;

const LOAD = `
const fs = require('node:fs');
const spec = JSON.parse(fs.readFileSync(process.argv[process.argv.indexOf('--spec') + 1], 'utf8'));
const figures = (offered, done) => fs.writeFileSync(spec.report, JSON.stringify({ offered, refused: 0, completed: offered, failed: 0, lost: 0, doubled: 0, tps: spec.tps, utps: 2 * spec.tps, crossGroupShare: 0.75, p50Ms: 3000, p95Ms: 4000, p99Ms: 5000, executedP95Ms: 3500, windowSeconds: spec.seconds ?? 0, done }));
process.on('SIGTERM', () => process.exit(0));
figures(1, false);
if (spec.seconds !== undefined) setTimeout(() => { figures(spec.tps * spec.seconds, true); process.exit(0); }, spec.seconds * 1000);
else setInterval(() => undefined, 1000);
`;

export function writeFakePrograms(folder: string): Programs {
  mkdirSync(folder, { recursive: true });
  const programs = { node: join(folder, 'fake-node.cjs'), load: join(folder, 'fake-load.cjs') };
  writeFileSync(programs.node, NODE);
  writeFileSync(programs.load, LOAD);
  return programs;
}

/** The height a fake node has reached. */
export function heightOf(dataFolder: string): number {
  try {
    return Number(readFileSync(join(dataFolder, 'height'), 'utf8'));
  } catch {
    return 0;
  }
}
