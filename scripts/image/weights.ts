// Says what the tree of the image weighs, heaviest first. Pure.

/** A part of the tree: a folder of ours, or a package by its path. */
export type Weight = { readonly name: string; readonly files: number; readonly bytes: number };

const NAMED_PACKAGES = 6;
const PACKAGES = 'node_modules/';

/** One line. */
export function describeWeights(weights: readonly Weight[]): string {
  const packages = weights.filter(({ name }) => name.includes(PACKAGES));
  const ours = weights.filter(({ name }) => !name.includes(PACKAGES));
  const heaviest = [...packages]
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
    .slice(0, NAMED_PACKAGES);
  const named = heaviest.map(
    ({ name, bytes }) => `${name.slice(name.lastIndexOf(PACKAGES) + PACKAGES.length)} ${megabytes(bytes)}`,
  );
  const rest = packages.length > heaviest.length ? ', …' : '';
  return `${megabytes(sum(weights))} MB: ours ${megabytes(sum(ours))}, ${packages.length} packages ${megabytes(sum(packages))} (${named.join(', ')}${rest})`;
}

function sum(weights: readonly Weight[]): number {
  return weights.reduce((all, { bytes }) => all + bytes, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
