// rxd mine: from flags to a running miner. Checks what flags say together; everything else is mine.ts.
import { addressFlag, type Flags, shareFlag, textFlag, UsageError } from '../flags.ts';
import type { World } from '../lifetime.ts';
import { type MineOptions, type ParentChoice, runMiner } from '../mine.ts';
import { parseSkippedBeats } from '../miner/skip-beats.ts';
import { createLog, type LogLevel } from '../telemetry/log.ts';
import { readGenesisFile } from './genesis-file.ts';

export async function mine(flags: Flags, world: World): Promise<void> {
  const options = mineOptions(flags);
  const log = createLog({ level: textFlag(flags, 'log-level') as LogLevel, base: { program: 'rxd', role: 'miner' } });
  world.useLog(log);
  await runMiner(options, log, world.signal);
  log.info('stopped');
}

function mineOptions(flags: Flags): MineOptions {
  const parent = parentChoice(flags);
  const cpuShare = shareFlag(flags, 'cpu');
  const metrics = addressFlag(flags, 'metrics');
  const genesis = readGenesisFile(textFlag(flags, 'genesis'));
  const common = { genesis, peersPath: textFlag(flags, 'peers'), parent, cpuShare, metrics };
  const { 'skip-beats': skipped } = flags;
  if (typeof skipped !== 'string') return common;
  const skipBeats = parseSkippedBeats(skipped);
  if (skipBeats === undefined)
    throw new UsageError(`--skip-beats ${skipped}: expected GROUP:N such as 3:2, with N at least 2`);
  return { ...common, skipBeats };
}

function parentChoice(flags: Flags): ParentChoice {
  const { bitcoind, 'bitcoind-cookie': cookie, 'toy-parent': toy } = flags;
  if (toy === true) return { kind: 'toy' };
  if (typeof bitcoind !== 'string')
    throw new UsageError('--bitcoind is missing: name the parent, or mine over one of our own with --toy-parent');
  const url = URL.parse(bitcoind);
  if (url === null || url.protocol !== 'http:' || url.hostname === '')
    throw new UsageError(`--bitcoind ${bitcoind}: expected a URL such as http://127.0.0.1:18443`);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (typeof cookie === 'string' && cookie !== '')
    return { kind: 'bitcoind', url: url.href, auth: { kind: 'cookie', file: cookie } };
  if (username === '')
    throw new UsageError(
      '--bitcoind-cookie is missing: name the cookie file of bitcoind, or put user:password into the URL',
    );
  const auth = {
    kind: 'password',
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  } as const;
  return { kind: 'bitcoind', url: url.href, auth };
}
