// What nodes take of processor and memory, as they say themselves under /metrics: where no metrics server runs nobody else tells.
import type { Scraper } from '../sources/scrape.ts';

export type Use = { readonly cores?: number; readonly bytes: number };

const CPU = 'process_cpu_seconds_total';
const MEMORY = 'process_resident_memory_bytes';
const WANTED: ReadonlySet<string> = new Set([CPU, MEMORY]);
/** A page of metrics is 50 KB, and there is one for each node. */
const EVERY_MS = 2_500;

type Look = { readonly atMs: number; readonly cpuSeconds: number };

export class UseMeter {
  readonly #scraper: Scraper;
  readonly #looks = new Map<string, Look>();
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #uses: ReadonlyMap<string, Use> = new Map();

  constructor(scraper: Scraper) {
    this.#scraper = scraper;
  }

  /** `addresses` by name; who does not answer is left out. */
  async look(addresses: ReadonlyMap<string, string>, atMs: number): Promise<ReadonlyMap<string, Use>> {
    if (atMs < this.#askedAtMs + EVERY_MS) return this.#uses;
    this.#askedAtMs = atMs;
    const uses = [...addresses].map(async ([name, address]) => {
      const figures = await this.#scraper.scrape(address, WANTED);
      const [cpuSeconds, bytes] = [figures?.get(CPU), figures?.get(MEMORY)];
      return cpuSeconds === undefined || bytes === undefined
        ? []
        : [[name, { ...this.#coresOf(name, { atMs, cpuSeconds }), bytes }] as const];
    });
    this.#uses = new Map((await Promise.all(uses)).flat());
    return this.#uses;
  }

  #coresOf(name: string, look: Look): Pick<Use, 'cores'> {
    const before = this.#looks.get(name);
    this.#looks.set(name, look);
    // A process that began anew counts from nothing.
    if (before === undefined || look.cpuSeconds < before.cpuSeconds || look.atMs <= before.atMs) return {};
    return { cores: ((look.cpuSeconds - before.cpuSeconds) * 1_000) / (look.atMs - before.atMs) };
  }
}
