// rxctl key: makes, lists and shows keys. Secrets stay in their files and are never printed.

import { formatAddress } from '@rexnet/node/core/address.ts';
import { formatAmount } from '@rexnet/node/core/amount.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { Command } from 'commander';
import { baseOf, type CommonOptions, keystoreOf, verbOf, withCommon, withSite } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { foldersOf, networkNames } from '../local/folders.ts';
import type { Account } from '../network.ts';
import { type NetworkPlace, placeOfFiles } from '../network-place.ts';
import { type Format, table } from '../print.ts';

export function addKey(program: Command, io: Io): void {
  const key = program.command('key').description('keys of people (~/.rexnet/keys) and dev keys of a testnet');
  withCommon(key.command('new').description('make a key; it is never overwritten').argument('<name>'))
    .addHelpText('after', '\nExample:\n  rxctl key new shop')
    .action((name: string, options: CommonOptions) =>
      withAnyPlace(io, options, async (place, format) => {
        const made = keystoreOf(io, place).create(name);
        print(io, format, made, () => `${made.name}  ${made.address}`);
        return EXIT.ok;
      }),
    );
  withCommon(key.command('list').description('all keys that can sign here'))
    .addHelpText('after', '\nExample:\n  rxctl key list -o json')
    .action((options: CommonOptions) =>
      withAnyPlace(io, options, async (place, format) => {
        const keys = keystoreOf(io, place).list();
        print(
          io,
          format,
          keys.map((each) => ({ ...each })),
          () =>
            table(
              ['NAME', 'ORIGIN', 'ADDRESS'],
              keys.map(({ name, origin, address }) => [
                name,
                origin === 'keystore' ? origin : `${origin} (TESTNET)`,
                address,
              ]),
            ),
        );
        return EXIT.ok;
      }),
    );
  withCommon(key.command('show').description('address and balance of a key or an address').argument('<key>'))
    .addHelpText('after', '\nExample:\n  rxctl key show alice')
    .action((text: string, options: CommonOptions) =>
      withAnyPlace(io, options, async (place, format) => {
        const bytes = keystoreOf(io, place).address(text);
        const account = place === undefined ? undefined : await accountOf(io, place, bytes);
        const shown = {
          name: text,
          address: formatAddress(bytes),
          hex: toHex(bytes),
          balanceMsat: account?.balanceMsat ?? null,
          nonce: account?.nonce ?? null,
          partition: account?.partition ?? null,
          group: account?.group ?? null,
        };
        print(
          io,
          format,
          shown,
          () =>
            `${shown.address}\n${account === undefined ? 'no network answers: balance unknown' : `${formatAmount(account.balanceMsat)}, nonce ${account.nonce}, partition ${account.partition}, group ${account.group}`}`,
        );
        return EXIT.ok;
      }),
    );
}

/** Keys are useful without a network too; in a cluster one was asked for. */
function withAnyPlace(
  io: Io,
  options: CommonOptions,
  verb: (place: NetworkPlace | undefined, format: Format) => Promise<ExitCode>,
): Promise<void> {
  if (options.kube === true) return withSite(io, options, async (site, format) => verb(await site.place(), format));
  return verbOf(io, options, (format) => verb(anyPlace(io, options), format));
}

function anyPlace(io: Io, options: CommonOptions): NetworkPlace | undefined {
  const base = baseOf(io, options);
  const names = networkNames(base);
  const name = options.name ?? (names.length === 1 ? names[0] : undefined);
  return name === undefined || !names.includes(name) ? undefined : placeOfFiles(foldersOf(base, name));
}

async function accountOf(io: Io, place: NetworkPlace, address: Uint8Array): Promise<Account | undefined> {
  const network = await io.openNetwork(place);
  try {
    return await network.account(address);
  } catch {
    return undefined;
  } finally {
    await network.close();
  }
}
