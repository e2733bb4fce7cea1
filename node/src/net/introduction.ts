// Whether a node that has just begun may call itself in sync: not before the others of its group have said how high their chain is and it
// got there. An empty or old chain looks whole to itself. Pure; it waits for nobody for ever.

/** Who runs is heard within seconds; who is silent for longer is away, and a group must serve without him. */
const SILENCE_MAX_MS = 30_000;
/** Who has nothing himself serves nobody, and may be taken for a copy: so long even a starved machine needs for a greeting. */
const EMPTY_SILENCE_MAX_MS = 180_000;
/** Headers that come later are seen by the chain itself; until then somebody may have claimed a height that is not there. */
const CLAIM_MAX_MS = 120_000;

export class Introduction {
  readonly #startedMs: number;
  readonly #heard = new Set<string>();
  /** Nobody knows before the list of nodes is read. */
  #neighbours = Number.POSITIVE_INFINITY;
  #height = 0;
  #isOver = false;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  /** How many other nodes the group has, by the list of all nodes. */
  expect(neighbours: number): void {
    this.#neighbours = neighbours;
  }

  /** Another node of the group, at a configured address, has greeted us. */
  greeted(address: string, height: number): void {
    if (this.#isOver) return;
    this.#heard.add(address);
    this.#height = Math.max(this.#height, height);
  }

  /** Once it is over it stays so: later the chain knows by itself what it lacks. */
  isOver(height: number, nowMs: number): boolean {
    const waitedMs = nowMs - this.#startedMs;
    const isSilent = waitedMs >= (height === 0 ? EMPTY_SILENCE_MAX_MS : SILENCE_MAX_MS);
    const isTold = this.#heard.size >= this.#neighbours || isSilent;
    const isThere = height >= this.#height || (height > 0 && waitedMs >= CLAIM_MAX_MS);
    this.#isOver ||= isTold && isThere;
    return this.#isOver;
  }
}
