// The token with all its state at @global: every transfer runs on the one VM that holds the global partition, as on chains
// that pin a contract to a shard. The control of the experiment whose subject is workload-token.ts.
import { GLOBAL_RELAY_GAS } from '@rexnet/node/chain/gas.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { readUint } from './arguments.ts';
import { opOf, type WorkloadKind } from './workload.ts';
import { supplyReader, TokenWorkload, tokenFunctions, tokenGrant, tokenProbe } from './workload-token.ts';

/** A new element of the books: its cell grows from nothing. */
const AIRDROP_GAS = { gasBase: 200_000n, gasEach: 12_500n } as const;
const PROBE_GAS = 200_000n;
/** Two look-ups and two writes of 16 bytes in the books. */
const MOVE_GAS = 2_000n;
const HOME_GROUP = 0;

export const TOKEN_GLOBAL: WorkloadKind = {
  pairs: { skew: 'even' },
  bind({ id, abi }) {
    const functions = tokenFunctions(abi);
    const balanceOf = opOf(abi, { name: 'balance_of', scope: 'global', params: ['address'], returns: 'uint128' });
    return {
      book: {
        holding: async (network, { address }) => {
          const key = new Uint8Array(0);
          const call = { contract: id, op: balanceOf, scope: SCOPE.global, key, sender: address, args: address };
          return readUint(await network.read(HOME_GROUP, call));
        },
        supply: supplyReader(id, functions),
      },
      grant: { ...tokenGrant(functions), ...AIRDROP_GAS },
      probe: { ...tokenProbe(functions), gasLimit: PROBE_GAS },
      make: (parts, rootGas) =>
        new TokenWorkload(parts, {
          contract: id,
          transfer: functions.transfer,
          gasLimit: rootGas + GLOBAL_RELAY_GAS + MOVE_GAS,
          // Debit and credit are one invocation.
          failedRelay: 'nothing',
        }),
    };
  },
};
