// Does the same for each of many, a few at once. It tries nothing again: what fails first is thrown.

export async function atOnce<T, R>(
  width: number,
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
