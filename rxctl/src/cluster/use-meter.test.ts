import { expect, test } from 'vitest';
import { Scraper } from '../sources/scrape.ts';
import { UseMeter } from './use-meter.ts';

class Told extends Scraper {
  cpuSeconds = 10;
  asked = 0;

  override async scrape(address: string): Promise<ReadonlyMap<string, number> | undefined> {
    this.asked += 1;
    return address === 'mute'
      ? undefined
      : new Map([
          ['process_cpu_seconds_total', this.cpuSeconds],
          ['process_resident_memory_bytes', 1_000],
        ]);
  }
}

const NODES = new Map([
  ['g0-n0', 'here'],
  ['g1-n0', 'mute'],
]);

test('shares of a core come from two looks, and nobody is asked too often', async () => {
  const told = new Told();
  const meter = new UseMeter(told);
  expect([...(await meter.look(NODES, 0))]).toEqual([['g0-n0', { bytes: 1_000 }]]);
  told.cpuSeconds = 13;
  expect([...(await meter.look(NODES, 1_000))]).toEqual([['g0-n0', { bytes: 1_000 }]]);
  expect(told.asked).toBe(2);
  expect([...(await meter.look(NODES, 6_000))]).toEqual([['g0-n0', { cores: 0.5, bytes: 1_000 }]]);
  told.cpuSeconds = 1;
  expect([...(await meter.look(NODES, 12_000))]).toEqual([['g0-n0', { bytes: 1_000 }]]);
  told.close();
});
