// Reads what ldd says of a program, and where its libraries must lie in a root that has nothing else. It runs nothing.

/** What a program loads: the name it asks for, and the file that is found for it. */
export type Library = { readonly name: string; readonly path: string };

export type Libraries = { readonly found: readonly Library[]; readonly missing: readonly string[] };

const FOUND = /^\s*(\S+) => (\/.*) \(0x[0-9a-f]+\)$/;
const LOADER = /^\s*(\/\S+) \(0x[0-9a-f]+\)$/;
const MISSING = /^\s*(\S+) => not found$/;

/** A program without any (statically linked) has none; the kernel's own library is no file and not counted. */
export function parseLdd(text: string): Libraries {
  const found: Library[] = [];
  const missing: string[] = [];
  for (const line of text.split('\n')) {
    const absent = MISSING.exec(line)?.[1];
    if (absent !== undefined) missing.push(absent);
    const [, name, path] = FOUND.exec(line) ?? [];
    const loader = LOADER.exec(line)?.[1];
    if (name !== undefined && path !== undefined) found.push({ name, path });
    else if (loader !== undefined) found.push({ name: loader, path: loader });
  }
  return { found, missing };
}

/**
 * Where a library goes: the loader where programs name it, others where they lie, `from` being the root they were fetched to.
 * The loader looks there without being told.
 */
export function placeOf({ name, path }: Library, from = ''): string {
  if (name.startsWith('/')) return name;
  return path.startsWith(`${from}/`) ? path.slice(from.length) : path;
}
