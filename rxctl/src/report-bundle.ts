// Puts a support bundle together: what a network is, does, says and measures, as texts. What cannot be had is named and stops
// nothing. Only what is listed here and by its site goes in: no key, no cookie, no chain.
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { lastWords } from './log-lines.ts';
import type { NetworkPlace } from './network-place.ts';
import type { ReportPart, Site } from './site.ts';
import type { Snapshot, Source } from './sources/source.ts';
import { suspectsOf, whyOf } from './why.ts';
import type { ZipEntry } from './zip.ts';

export type BundleInput = {
  readonly site: Site;
  readonly source: Source;
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
versions.json  programs and machine
logs/          the newest ${LOG_LINES} lines of every log
metrics/       /metrics of its programs
missing.json   what could not be had, and why

Of a network on one machine:
state.json     the spec it was started from, and its ports
progress.json  how the current run goes
doctor.json    quick checks of the machine
load.json      the last report of the load generator

Of a Testnet in a cluster:
objects/       its objects, its pods and what was made for them; no Secret

It holds no keys, no cookies, no governance secret and no chain data.
`;

export async function collectBundle({ site, source, at, onStep }: BundleInput): Promise<readonly ZipEntry[]> {
  const snapshot = await source.look().catch(() => undefined);
  const parts = [
    ...partsOf(site, source, at, snapshot),
    ...(await tried(() => site.reportParts(), 'objects')),
    ...(await tried(() => logParts(site), 'logs')),
  ];
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

/** Parts that cannot even be listed are one part that is missing. */
async function tried(list: () => Promise<readonly ReportPart[]>, name: string): Promise<readonly ReportPart[]> {
  try {
    return await list();
  } catch (error) {
    return [{ name, make: () => Promise.reject(error) }];
  }
}

function partsOf(site: Site, source: Source, at: Date, snapshot: Snapshot | undefined): readonly ReportPart[] {
  const look = (): Snapshot => {
    if (snapshot === undefined) throw new Error('the network cannot be looked at');
    return snapshot;
  };
  return [
    { name: 'status.json', make: () => json({ ...look(), events: undefined }) },
    { name: 'events.json', make: () => json(look().events) },
    {
      name: 'why.json',
      make: async () => {
        const logs = await Promise.all(
          suspectsOf(look()).map(
            async (name) => [name, lastWords(await source.log(name, LOG_LINES).catch(() => []))] as const,
          ),
        );
        const words = new Map(logs);
        return json(whyOf(look(), undefined, (name) => words.get(name)));
      },
    },
    { name: 'genesis.json', make: async () => genesisFacts(await site.place()) },
    { name: 'versions.json', make: () => versions(at, snapshot) },
  ];
}

async function logParts({ logs }: Site): Promise<readonly ReportPart[]> {
  return (await logs.names()).map((name) => ({
    name: `logs/${name}.log`,
    make: async () => {
      const lines = await logs.read(name, { newest: LOG_LINES, previous: false });
      return `${lines
        .slice(-LOG_LINES)
        .map(({ raw }) => raw)
        .join('\n')}\n`;
    },
  }));
}

export async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(METRICS_MAX_MS) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  const text = await answer.text();
  if (text.length > METRICS_BYTES_MAX) throw new Error(`it is longer than ${METRICS_BYTES_MAX} bytes`);
  return text;
}

/** Everything but the funded accounts, which are counted. */
function genesisFacts(place: NetworkPlace): string {
  const { genesis, id, networkId } = readGenesis(place.genesis());
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

export function json(value: unknown): string {
  const plain = (_key: string, part: unknown): unknown => (typeof part === 'bigint' ? part.toString() : part);
  return `${JSON.stringify(value, plain, 2)}\n`;
}
