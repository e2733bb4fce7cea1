// The words of rxctl scale that laptop and cluster share. It knows no network.
import { CliError, EXIT } from './exit.ts';

/** A number of groups that a network with so many partitions can have. */
export function readCount(text: string, partitions: number): number {
  const wanted = Number(text);
  if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > partitions)
    throw new CliError(EXIT.usage, `--groups ${text} is no number of groups from 1 to ${partitions}`);
  return wanted;
}
