// A bench as a page: the verdict first, then the table behind it, then where and how it was measured. Text in, text out.

export interface Page {
  readonly title: string;
  /** Says what the figures are and are not. */
  readonly label: string;
  /** One sentence. */
  readonly verdict: string;
  readonly tables: readonly Table[];
  /** What a reader must know to take the figures for what they are. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** File of the chart, beside the page. */
  readonly chart?: string;
}

export interface Table {
  readonly title?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function renderPage({ title, label, verdict, tables, facts, chart }: Page): string {
  return [
    `# ${title}`,
    '',
    `*${label}*`,
    '',
    `**${verdict}**`,
    '',
    ...(chart === undefined ? [] : [`![${title}](${chart})`, '']),
    ...tables.flatMap((table) => [...renderTable(table), '']),
    ...(facts.length === 0 ? [] : ['| | |', '|---|---|', ...facts.map((fact) => row(fact)), '']),
  ].join('\n');
}

function renderTable({ title, head, rows }: Table): string[] {
  return [
    ...(title === undefined ? [] : [`## ${title}`, '']),
    row(head),
    `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
    ...rows.map((cells) => row(cells)),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
