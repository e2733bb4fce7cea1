// The EVM of ethereumjs as a peer: the same language as ours, the same bytecode as anvil's, in this process.
import { ownMs } from '../shared/own-time.ts';
import { type Found, sentence } from './peer.ts';
import { compileTokenLoop } from './token-loop.ts';

const TOKEN = `0x${'70'.repeat(20)}` as const;
const GAS = 10n ** 15n;

export async function ethereumjs(accounts: number, funds: bigint): Promise<Found> {
  try {
    const { createEVM } = await import('@ethereumjs/evm');
    const { SimpleStateManager } = await import('@ethereumjs/statemanager');
    const { Common, Hardfork, Mainnet } = await import('@ethereumjs/common');
    const { createAddressFromString, hexToBytes } = await import('@ethereumjs/util');
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun });
    const stateManager = new SimpleStateManager({ common });
    const evm = await createEVM({ common, stateManager });
    const token = compileTokenLoop();
    const to = createAddressFromString(TOKEN);
    await stateManager.putCode(to, hexToBytes(`0x${token.code}`));
    const call = async (data: string): Promise<void> => {
      const { execResult } = await evm.runCall({ to, data: hexToBytes(`0x${data}`), gasLimit: GAS });
      if (execResult.exceptionError !== undefined) throw new Error(`ethereumjs: ${execResult.exceptionError.error}`);
    };
    await call(token.fund(0, accounts, funds));
    let seed = 1;
    return {
      name: 'ethereumjs',
      run: async (transfers) => {
        const began = ownMs();
        await call(token.loop(transfers, accounts, seed++));
        const ms = ownMs() - began;
        return { transfers, ms };
      },
      close: async () => {},
    };
  } catch (error) {
    return { name: 'ethereumjs', missing: sentence(error) };
  }
}
