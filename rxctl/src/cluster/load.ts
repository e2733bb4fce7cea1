// rxctl load in a cluster: what is offered stands in spec.load of the Testnet, so changing it is a patch of that; what becomes of
// it is read from the generators.
import { setTimeout as delay } from 'node:timers/promises';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { TESTNETS } from '@rexnet/operator/controllers/collections.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, inWordsOf, print } from '../io.ts';
import { type Figures, type LoadOptions, rateOf, shareOf, textOf, workloadOf } from '../load-words.ts';
import type { Format } from '../print.ts';
import { FIELD_MANAGER } from './apply.ts';
import { asked } from './cluster.ts';
import { genesisOf } from './place.ts';
import { ClusterSite } from './site.ts';

type LoadVerb = 'start' | 'set' | 'stop' | 'status';
type Load = Partial<Pick<Testnet['spec']['load'], 'tpsPerGroup' | 'workload' | 'crossGroupPercent'>>;

/** Between two looks a few blocks end. */
const RATE_MS = 3_000;

export async function loadInCluster(io: Io, options: LoadOptions, verb: LoadVerb, format: Format): Promise<ExitCode> {
  const site = await ClusterSite.open(io, options);
  try {
    const testnet = await carrying(site);
    if (verb === 'status') return await show(io, site, testnet, format);
    const load = wishOf(options, verb, testnet);
    const { cluster, name } = site;
    const place = { name, namespace: cluster.namespace };
    await asked(cluster.rest.merge(TESTNETS.resource, place, { spec: { load } }, { fieldManager: FIELD_MANAGER }));
    const { tpsPerGroup = 0, workload = testnet.spec.load.workload } = load;
    const tps = tpsPerGroup * testnet.spec.groups;
    print(io, format, { isWanted: tps > 0, workload, tps, crossGroupPercent: load.crossGroupPercent ?? null }, () =>
      inWordsOf(
        io,
        tps > 0
          ? `${workload}: ${tps} transactions a second; rxctl load status shows how it does`
          : 'no further load; what is under way is waited for',
      ),
    );
    return EXIT.ok;
  } finally {
    await site.close();
  }
}

/** With the groups that have accounts: those of genesis. Who joined carries nothing yet. */
async function carrying(site: ClusterSite): Promise<Testnet> {
  const { name, spec } = site.testnet();
  const genesis = await genesisOf(site.cluster, site.name);
  return genesis === undefined
    ? { name, spec }
    : { name, spec: { ...spec, groups: readGenesis(genesis).firstMap.groups.length } };
}

function wishOf(options: LoadOptions, verb: Exclude<LoadVerb, 'status'>, testnet: Testnet): Load {
  const { groups, load } = testnet.spec;
  if (verb === 'stop') return { tpsPerGroup: 0 };
  const tps = rateOf(options, testnet) ?? (verb === 'start' ? load.tpsPerGroup * groups : 0);
  const tpsPerGroup = tps / groups;
  if (tps === 0)
    throw new CliError(EXIT.usage, 'nothing says how much to offer', `say it: rxctl load ${verb} --tps-per-group 100`);
  if (verb === 'set' && load.tpsPerGroup === 0)
    throw new CliError(EXIT.error, 'nothing is offered now', `begin: rxctl load start --tps-per-group ${tpsPerGroup}`);
  if (!Number.isInteger(tpsPerGroup))
    throw new CliError(
      EXIT.usage,
      `${tps} transactions a second are ${tpsPerGroup.toFixed(2)} for each of ${groups} groups`,
      `a Testnet takes whole numbers: --tps-per-group ${Math.ceil(tpsPerGroup)}`,
    );
  const workload = workloadOf(options.workload);
  const crossGroupPercent = shareOf(options.crossGroupPercent);
  return {
    tpsPerGroup,
    ...(workload === undefined ? {} : { workload }),
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
  };
}

/** Two looks: a rate needs them. */
async function show(io: Io, site: ClusterSite, { spec }: Testnet, format: Format): Promise<ExitCode> {
  const source = await site.openSource();
  try {
    const first = await source.look();
    if (first.load !== undefined) await delay(RATE_MS, undefined, { signal: io.signal }).catch(() => undefined);
    const { load } = first.load === undefined ? first : await source.look();
    const wantedTps = spec.load.tpsPerGroup * spec.groups;
    const figures: Figures = {
      state: load !== undefined ? 'Offering' : spec.suspend ? 'Suspended' : wantedTps > 0 ? 'Starting' : 'Stopped',
      workload: spec.load.workload,
      wantedTps,
      offeredTps: load?.offeredTps ?? 0,
      tps: Math.round((load?.tps ?? 0) * 10) / 10,
      offered: load?.offered ?? 0,
      completed: load?.completed ?? 0,
      failed: load?.failed ?? 0,
      pending: load === undefined ? 0 : load.offered - load.completed - load.failed,
      crossGroupShare: load?.crossGroupShare ?? null,
      p50Ms: Math.round(load?.p50Ms ?? 0),
      p95Ms: Math.round(load?.p95Ms ?? 0),
      p99Ms: Math.round(load?.p99Ms ?? 0),
      balances: null,
      invalid: load?.invalid ?? null,
    };
    print(io, format, figures, () => textOf(figures));
    return EXIT.ok;
  } finally {
    await source.close();
  }
}
