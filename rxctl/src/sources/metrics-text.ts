// Reads the few figures we want out of what a program serves under /metrics. It skips everything else and never fails on it.

/** `name` or `name{labels}` as they are served, to the value. */
export type Figures = ReadonlyMap<string, number>;

/** Only series whose name, without labels, is wanted. */
export function parseMetrics(text: string, wanted: ReadonlySet<string>): Figures {
  const figures = new Map<string, number>();
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (text.charCodeAt(start) !== COMMENT) {
      const space = text.lastIndexOf(' ', end - 1);
      const brace = text.indexOf('{', start);
      const nameEnd = brace >= 0 && brace < end ? brace : space;
      if (space > start && wanted.has(text.slice(start, nameEnd)))
        figures.set(text.slice(start, space), Number(text.slice(space + 1, end)));
    }
    start = end + 1;
  }
  return figures;
}

const COMMENT = '#'.charCodeAt(0);
