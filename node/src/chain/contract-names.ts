// What the contracts of a registry are called, compiled again for the names of their fields only when somebody asks.
import { compile } from '@rexnet/preda/index.ts';
import type { ContractNames, ContractWords } from './cell-words.ts';
import type { Registry } from './registry.ts';

/** Contracts have sequence numbers the machine holds as u32. */
const CONTRACT_END = 1n << 20n;

export function namesOf(registry: Pick<Registry, 'row'>): ContractNames {
  const known = new Map<bigint, ContractWords | undefined>();
  return (contract) => {
    if (contract >= CONTRACT_END) return undefined;
    if (!known.has(contract)) {
      const row = registry.row(Number(contract));
      const result = row === undefined ? undefined : compile(row.source);
      const abi = result?.ok === true ? result.abi : undefined;
      known.set(contract, row === undefined ? undefined : { name: `${row.dapp}.${row.name}`, abi });
    }
    return known.get(contract);
  };
}
