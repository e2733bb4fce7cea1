// The plan of a network that exists already, from what it remembers: for verbs that only look.
import { type Plan, planTestnet } from '@rexnet/operator/plan/plan.ts';
import { CliError, EXIT } from '../exit.ts';
import type { LocalState, Progress } from './state.ts';

const NO_KEY = new Uint8Array(32);

export function planOfState({ name, spec, parent, firstGroups }: LocalState, progress: Progress | undefined): Plan {
  const reason = progress?.bitcoindMissing ?? 'the network began without a bitcoind';
  // Keys and compiler matter only to genesis, which exists.
  const facts = {
    bitcoind: parent === 'regtest' ? ({ kind: 'found' } as const) : ({ kind: 'absent', reason } as const),
    governance: NO_KEY,
    compilerHash: NO_KEY,
    ...(firstGroups === undefined ? {} : { firstGroups }),
  };
  const planned = planTestnet({ name, spec }, facts);
  if ('refusal' in planned) throw new CliError(EXIT.error, planned.refusal.message, planned.refusal.cure);
  return planned.plan;
}
