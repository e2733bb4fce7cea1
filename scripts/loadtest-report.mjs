// What a finished LoadTest says, as the Markdown of a workflow: the verdict, the curve, the points. Pure: given the objects.

const EXIT = { Linear: 0, Sublinear: 5, Invalid: 6 };
const EXIT_ERROR = 1;
const IMAGES = {
  image: /^( +image: | +- --image=)(\S*\/rexnet[:@]\S+)$/gm,
  bitcoindImage: /^( +- --bitcoind-image=)(\S+)$/gm,
};

/**
 * The text of install.yaml with other images.
 * @param {string} text
 * @param {{image?: string | undefined, bitcoindImage?: string | undefined}} images
 */
export function withImages(text, images) {
  let changed = text;
  for (const [key, pattern] of Object.entries(IMAGES)) {
    const image = images[key];
    if (image === undefined || image === '') continue;
    if (!text.match(pattern)) throw new Error(`install.yaml names no ${key}`);
    changed = changed.replace(pattern, (_, before) => `${before}${image}`);
  }
  return changed;
}

export function exitCodeOf({ status = {} }) {
  return EXIT[status.verdict] ?? EXIT_ERROR;
}

export function summaryOf(loadTest, testnet) {
  const { metadata, spec, status = {} } = loadTest;
  const { verdict = 'none', reason = '', points = [] } = status;
  const after = testnet.status?.firstBlockAfter;
  return [
    `### ${verdict}: LoadTest ${metadata.name}`,
    reason,
    `${spec.workload} on ${testnet.metadata.name}, profile ${spec.profile}, ${spec.repeats} times ${spec.duration} a point${after === undefined ? '' : `; first block of all groups ${after} after creation`}.`,
    ...chart(points),
    ...table(points),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

/** As GitHub draws it; the second line is the first point times the groups. */
function chart(points) {
  const drawn = points.filter(({ tps }) => Number.isFinite(Number(tps)));
  const [first] = drawn;
  if (first === undefined) return [];
  const ideal = drawn.map(({ groups }) => ((Number(first.tps) * groups) / first.groups).toFixed(1));
  const lines = [
    'xychart-beta',
    '  title "Transactions completed per second, and the ideal"',
    `  x-axis "groups" [${drawn.map(({ groups }) => groups).join(', ')}]`,
    '  y-axis "TPS"',
    `  line [${drawn.map(({ tps }) => Number(tps)).join(', ')}]`,
    `  line [${ideal.join(', ')}]`,
  ];
  return [`\`\`\`mermaid\n${lines.join('\n')}\n\`\`\``];
}

const COLUMNS = ['groups', 'offered', 'tps', 'efficiency', 'p50', 'p95', 'p99', 'crossGroupPercent'];

function table(points) {
  if (points.length === 0) return [];
  const rows = points.map((point) => [
    ...COLUMNS.map((column) => point[column] ?? ''),
    point.valid === false ? (point.invalidReason ?? 'does not count') : '',
  ]);
  return [
    [[...COLUMNS, ''], [...COLUMNS.map(() => '---:'), '---'], ...rows]
      .map((row) => `| ${row.join(' | ')} |`)
      .join('\n'),
  ];
}
