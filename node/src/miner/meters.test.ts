import { expect, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { MinerMeters, PARENT } from './meters.ts';

test('the parent is reachable from its first template until it cannot be asked, whatever else goes wrong', async () => {
  const telemetry = createTelemetry('miner');
  const meters = new MinerMeters(telemetry.metrics, createLog({ level: 'silent', base: {} }), () => 0);
  const reachable = async (): Promise<string | undefined> =>
    /^rexnet_mining_parent_reachable (\d)$/m.exec(await telemetry.scrape())?.[1];
  expect(await reachable()).toBe('0');
  meters.parentHeight(7);
  meters.trouble({ where: 'parent submit', error: new Error('inconclusive') });
  meters.trouble({ where: 'templates of group 1', error: new Error('gone') });
  expect(await reachable()).toBe('1');
  meters.trouble({ where: PARENT, error: new Error('connection refused') });
  expect(await reachable()).toBe('0');
  meters.parentHeight(8);
  expect(await reachable()).toBe('1');
});
