// bench models: the control experiment. The same token once with its state at @global, one VM for the contract as on chains
// that pin a contract to a shard, and once at @address: the first stays flat as groups are added, the second rises.

import { OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import { idealOf, seriesOf } from '@rexnet/load/verdict/scale-chart.ts';
import { GLOBAL_RELAY_GAS } from '@rexnet/node/chain/gas.ts';
import { SPEC } from '@rexnet/node/chain/spec.ts';
import { countedGroups } from './campaign.ts';
import type { Requirement } from './requirement.ts';
import { type Figures, type FiguresOf, type Rounds, type Row, type RowsBench, rowTable } from './rows.ts';
import { drainOf } from './scale.ts';
import { type ReadingWish, WARM_UP_SECONDS } from './take-reading.ts';
import { workloadOf } from './workloads.ts';

interface Model {
  readonly key: 'global' | 'address';
  readonly name: string;
}

const MODELS: readonly Model[] = [
  { key: 'global', name: '@global: one VM runs the contract' },
  { key: 'address', name: '@address: every group runs its own accounts' },
];
/** Of the one VM: beyond this every further transaction only waits, and would have to be waited for. */
const GLOBAL_OVERLOAD = 1.5;
/**
 * From 1 to 2 it may gain: what a transaction burns at its sender is paid elsewhere then. At 2 it is not yet flat: a sender's group
 * admits whole budgets, that of the global relay too, so one group alone beside the VM sends it 48 of the 76 a second it can run.
 */
const FLAT_MAX = 1.05;
const FLAT_FROM = 2;
const TO = 8;
const RISE_MIN = 7.6;

export function modelsBench(groups: readonly number[], { seconds }: Rounds): RowsBench {
  const curve = (of: FiguresOf, { key }: Model): readonly Figures[] =>
    groups.map((each) => of(keyOf(key, each))).filter((figures) => figures !== undefined);
  return {
    bench: 'models',
    title: `One token, its state at @global and at @address, on ${groups.join(', ')} groups`,
    profile: 'capped',
    rows: MODELS.flatMap((model) => groups.map((each) => rowOf(model, each, seconds))),
    requirements: (of) => requirementsOf(groups, of),
    tables: (of) => MODELS.map((model) => rowTable(curve(of, model), model.name)),
    chart: (of) => {
      const points = MODELS.map((model) => curve(of, model).map(({ point }) => point));
      const ideal = idealOf(points[1] ?? []);
      return {
        title: 'One token, two models of state',
        xTitle: 'groups',
        yTitle: 'completed transactions per second',
        series: MODELS.map(({ name }, index) => seriesOf(name, points[index] ?? [])),
        ...(ideal === undefined ? {} : { ideal: { ...ideal, name: 'ideal: n · TPS(1) of @address' } }),
      };
    },
    settings: [
      [
        'offered',
        `${OFFERED_OVER_CAPACITY} × capacity of all groups; to @global at most ${GLOBAL_OVERLOAD} × what its one VM can do`,
      ],
    ],
  };
}

function keyOf(model: Model['key'], groups: number): string {
  return `${model}-${groups}`;
}

function rowOf({ key }: Model, groups: number, seconds: number): Row {
  return {
    key: keyOf(key, groups),
    name: `@${key} on ${countedGroups(groups)}`,
    wish: (repeat) => (key === 'address' ? addressWish : globalWish)({ groups, repeat, seconds }),
  };
}

type Place = { readonly groups: number; readonly repeat: number; readonly seconds: number };

function addressWish(place: Place): ReadingWish {
  return {
    ...place,
    profile: 'capped',
    workload: workloadOf('Token'),
    rate: (capacity) => ({ tpsPerGroup: OFFERED_OVER_CAPACITY * capacity }),
    drainSeconds: drainOf(place.seconds),
  };
}

function globalWish(place: Place): ReadingWish {
  const vmTps = (GLOBAL_OVERLOAD * SPEC.chain.blockGas.default) / Number(GLOBAL_RELAY_GAS);
  return {
    ...place,
    profile: 'capped',
    workload: workloadOf('TokenGlobal'),
    rate: (capacity) => ({ tps: Math.min(OFFERED_OVER_CAPACITY * capacity * place.groups, vmTps) }),
    // What is offered above what one VM can do waits for it.
    drainSeconds: drainOf(place.seconds) + Math.ceil((GLOBAL_OVERLOAD - 1) * (WARM_UP_SECONDS + place.seconds)),
    mayLeaveBacklog: true,
  };
}

function requirementsOf(groups: readonly number[], of: FiguresOf): readonly Requirement[] {
  const tps = (model: Model['key'], each: number): number => of(keyOf(model, each))?.point.tps ?? Number.NaN;
  const ratio = (model: Model['key'], from: number): number => tps(model, TO) / tps(model, from);
  const has = (...sizes: readonly number[]): boolean => sizes.every((size) => groups.includes(size));
  return [
    ...(has(FLAT_FROM, TO)
      ? [{ name: `@global, TPS(${TO}) / TPS(${FLAT_FROM})`, value: ratio('global', FLAT_FROM), atMost: FLAT_MAX }]
      : []),
    ...(has(1, TO) ? [{ name: `@address, TPS(${TO}) / TPS(1)`, value: ratio('address', 1), atLeast: RISE_MIN }] : []),
  ];
}
