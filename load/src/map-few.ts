// Many calls, a few at a time, so that reading what a thousand accounts hold does not flood a node.

const AT_ONCE = 16;

/** Keeps order. */
export async function mapFew<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  const work = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of work) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
