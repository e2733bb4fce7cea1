// Figures of the engine that only a scrape asks for, gathered where they are. Reads state, changes none.

import { TOTALS } from '../core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../core/scopes.ts';
import type { EngineFigures, Lack } from './api.ts';
import type { OpenEngine } from './open.ts';

const LACKS: readonly Lack[] = ['parent', 'source', 'unconfirmed', 'future', 'body', 'leaf'];

export function figuresOf(open: OpenEngine, loopDelaySeconds: number): EngineFigures {
  const { engine, machine, pool, start, store, sums } = open;
  return {
    loopDelaySeconds,
    sums: { ...sums.told, expired: pool.expired, batches: machine.runCount, writtenBytes: store.writtenBytes },
    waiting: waitingIn(open),
    state: stateOf(open),
    money: moneyOf(open),
    vm: { memoryBytes: machine.memoryBytes, usedBytes: machine.memoryUsed(), modules: machine.moduleCount },
    snapshot: engine.snapshot,
    storeBytes: store.fileBytes,
    start,
  };
}

function waitingIn({ view }: OpenEngine): EngineFigures['waiting'] {
  const { bodies, leaves } = view.missing();
  const counts = new Map<Lack, number>([...view.waitingByReason(), ['body', bodies.length], ['leaf', leaves.length]]);
  return LACKS.map((reason) => ({ reason, count: counts.get(reason) ?? 0 }));
}

function stateOf({ machine, network }: OpenEngine): EngineFigures['state'] {
  let bytes = 0;
  let cells = 0;
  for (const partition of [...Array(network.genesis.partitions).keys(), REPLICA_PARTITION, GLOBAL_PARTITION]) {
    bytes += machine.bytesOf(partition);
    cells += machine.cellsOf(partition);
  }
  return { bytes, cells };
}

/** As stored: what the state says may be a template's. */
function moneyOf({ store, view, state }: OpenEngine): EngineFigures['money'] {
  const { held, burnt, perGroup } = TOTALS.decode(store.totals(view.tip.id) ?? state.totals);
  let sent = 0n;
  let received = 0n;
  for (const row of perGroup) {
    sent += row.sent;
    received += row.received;
  }
  return { held, burnt, sent, received };
}
