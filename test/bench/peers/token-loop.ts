// The peers' work, compiled by solc: an ERC-20 transfer (u256 mapping, balance check, Transfer event) in a loop over random
// pairs of accounts. Its accounts are numbered addresses: mappings hash their keys anyway.
import { createRequire } from 'node:module';

const SOURCE = `
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;
contract TokenLoop {
  mapping(address => uint256) public balanceOf;
  event Transfer(address indexed from, address indexed to, uint256 value);
  function fund(uint256 from, uint256 to, uint256 value) external {
    for (uint256 i = from; i < to; i++) balanceOf[address(uint160(i + 1))] = value;
  }
  function move(address from, address to, uint256 value) internal {
    uint256 have = balanceOf[from];
    require(have >= value, "insufficient balance");
    unchecked { balanceOf[from] = have - value; }
    balanceOf[to] += value;
    emit Transfer(from, to, value);
  }
  function loop(uint256 count, uint256 accounts, uint256 seed) external returns (uint256) {
    unchecked {
      for (uint256 i = 0; i < count; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        move(
          address(uint160((seed >> 64) % accounts + 1)),
          address(uint160((seed >> 160) % accounts + 1)),
          (seed >> 32) % 1000 + 1
        );
      }
    }
    return count;
  }
}`;
const SETTINGS = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 1_000_000 },
  outputSelection: { '*': { '*': ['evm.deployedBytecode.object', 'evm.methodIdentifiers'] } },
};
const FILE = 'TokenLoop.sol';
const FUND = 'fund(uint256,uint256,uint256)';
const LOOP = 'loop(uint256,uint256,uint256)';

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<
    string,
    Record<
      string,
      { evm: { deployedBytecode: { object: string }; methodIdentifiers: Record<typeof FUND | typeof LOOP, string> } }
    >
  >;
}

/** Calls as hex text without 0x. */
export interface TokenLoop {
  /** As deployed. */
  readonly code: string;
  fund(from: number, to: number, value: bigint): string;
  loop(count: number, accounts: number, seed: number): string;
}

/** Throws where solc is not installed. */
export function compileTokenLoop(): TokenLoop {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  const input = { language: 'Solidity', sources: { [FILE]: { content: SOURCE } }, settings: SETTINGS };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const error = output.errors?.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new Error(error.formattedMessage);
  const { deployedBytecode, methodIdentifiers } = output.contracts![FILE]!['TokenLoop']!.evm;
  const call = (method: typeof FUND | typeof LOOP, ...values: (number | bigint)[]): string =>
    methodIdentifiers[method] + values.map((value) => value.toString(16).padStart(64, '0')).join('');
  return {
    code: deployedBytecode.object,
    fund: (from, to, value) => call(FUND, from, to, value),
    loop: (count, accounts, seed) => call(LOOP, count, accounts, seed),
  };
}
