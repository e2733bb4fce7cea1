// Puts a support bundle together: what a network is, does, says and measures, as texts. What cannot be had is named and stops
// nothing. Only what is listed here goes in: no key, no cookie, no chain.
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { quickChecks } from '../doctor.ts';
import { lastWords } from '../log-lines.ts';
import type { Snapshot, Source } from '../sources/source.ts';
import { suspectsOf, whyOf } from '../why.ts';
import type { ZipEntry } from '../zip.ts';
import { addressOf } from './children.ts';
import { readIfThere } from './files.ts';
import type { Folders } from './folders.ts';
import { tail } from './log-file.ts';
import { logPathOf } from './log-paths.ts';
import { quickFacts } from './machine.ts';
import { readState } from './state.ts';

export type BundleInput = {
  readonly folders: Folders;
  readonly source: Source;
  /** Names of the logs there are. */
  readonly logs: readonly string[];
  readonly at: Date;
  readonly onStep: (text: string, done: number, total: number) => void;
};

const LOG_LINES = 2_000;
const METRICS_MAX_MS = 2_000;
const METRICS_BYTES_MAX = 8 * 1024 * 1024;
const README = `A report of a Rexnet test network, made by "rxctl report".

status.json    one look at it: conditions, groups, nodes, lag, parent chain, load
why.json       the first thing that is not as it should be, and what it comes from
events.json    what happened to it
genesis.json   the rules it was made with
state.json     the spec it was started from, and its ports
progress.json  how the current run goes
doctor.json    quick checks of the machine
versions.json  programs and machine
load.json      the last report of the load generator
logs/          the newest ${LOG_LINES} lines of every log
metrics/       /metrics of every node and miner
missing.json   what could not be had, and why

It holds no keys, no cookies, no governance secret and no chain data.
`;

type Part = { readonly name: string; readonly make: () => Promise<string> | string };

export async function collectBundle(input: BundleInput): Promise<readonly ZipEntry[]> {
  const { folders, onStep, at } = input;
  const snapshot = await input.source.look().catch(() => undefined);
  const parts = [...partsOf(input, snapshot), ...logParts(input), ...metricParts(folders)];
  const missing: { readonly name: string; readonly reason: string }[] = [];
  const entries: ZipEntry[] = [{ name: 'README.txt', text: README }];
  for (const [index, { name, make }] of parts.entries()) {
    onStep(name, index, parts.length);
    try {
      entries.push({ name, text: await make() });
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return [...entries, { name: 'missing.json', text: json({ at: at.toISOString(), missing }) }];
}

function partsOf({ folders, source, at }: BundleInput, snapshot: Snapshot | undefined): readonly Part[] {
  const look = (): Snapshot => {
    if (snapshot === undefined) throw new Error('the network cannot be looked at');
    return snapshot;
  };
  const file = (path: string): string => {
    const text = readIfThere(path);
    if (text === undefined) throw new Error('there is none');
    return text;
  };
  return [
    { name: 'status.json', make: () => json({ ...look(), events: undefined }) },
    { name: 'events.json', make: () => json(look().events) },
    {
      name: 'why.json',
      make: async () => {
        const logs = await Promise.all(
          suspectsOf(look()).map(async (name) => [name, lastWords(await source.log(name, LOG_LINES))] as const),
        );
        const words = new Map(logs);
        return json(whyOf(look(), undefined, (name) => words.get(name)));
      },
    },
    { name: 'genesis.json', make: () => genesisFacts(folders) },
    { name: 'state.json', make: () => file(folders.state) },
    { name: 'progress.json', make: () => file(folders.progress) },
    { name: 'load.json', make: () => file(folders.loadReport) },
    {
      name: 'doctor.json',
      make: () => json(quickChecks(quickFacts(folders.root), look().nodes.length, look().groups.length)),
    },
    { name: 'versions.json', make: () => versions(at, snapshot) },
  ];
}

function logParts({ folders, logs }: BundleInput): readonly Part[] {
  return logs.map((name) => ({
    name: `logs/${name}.log`,
    make: () => `${tail(logPathOf(folders, name), LOG_LINES).join('\n')}\n`,
  }));
}

function metricParts(folders: Folders): readonly Part[] {
  const ports = readState(folders)?.ports ?? {};
  return Object.keys(ports)
    .filter((port) => port.endsWith('.metrics'))
    .sort()
    .map((port) => ({
      name: `metrics/${port.slice(0, -'.metrics'.length)}.txt`,
      make: () => fetchText(`http://${addressOf(ports, port)}/metrics`),
    }));
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(METRICS_MAX_MS) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  const text = await answer.text();
  if (text.length > METRICS_BYTES_MAX) throw new Error(`it is longer than ${METRICS_BYTES_MAX} bytes`);
  return text;
}

/** Everything but the funded accounts, which are counted. */
function genesisFacts({ genesis: path }: Folders): string {
  const { genesis, id, networkId } = readGenesis(readFileSync(path));
  const { accounts, owners, ...rules } = genesis;
  // A Buffer would spell itself as a list of numbers.
  const plain = Object.entries(rules).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? toHex(value) : value,
  ]);
  return json({
    id: toHex(id),
    networkId: toHex(networkId),
    groups: new Set(owners).size,
    accounts: accounts.length,
    ...Object.fromEntries(plain),
  });
}

function versions(at: Date, snapshot: Snapshot | undefined): string {
  return json({
    at: at.toISOString(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    nodes: (snapshot?.nodes ?? []).map(({ name, version }) => ({ name, version: version ?? null })),
  });
}

function json(value: unknown): string {
  const plain = (_key: string, part: unknown): unknown => (typeof part === 'bigint' ? part.toString() : part);
  return `${JSON.stringify(value, plain, 2)}\n`;
}
