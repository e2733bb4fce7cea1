// Draws curves over numbers of groups as one SVG: the ideal line, points with error bars, and what the picture may be used for.
// Text in, text out; it rounds for the eye only.

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of its error bar. */
  readonly ends: readonly [number, number] | null;
  /** Drawn hollow and crossed out. */
  readonly valid: boolean;
}

export interface Series {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

export interface Chart {
  readonly title: string;
  /** Says what the figures are and are not. */
  readonly label: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
  /** Straight through the origin: y per x. */
  readonly ideal?: { readonly name: string; readonly perX: number };
  readonly footnote: string;
}

const WIDTH = 760;
const HEIGHT = 480;
const PLOT = { left: 78, right: 732, top: 84, bottom: 392 } as const;
const INK = '#1f2933';
const FAINT = '#7b8794';
const GRID = '#e4e7eb';
const WRONG = '#ba2525';
const COLOURS = ['#2563eb', '#d9730d', '#0f8a5f', '#7c3aed'] as const;
const TICKS_MAX = 6;
/** Ticks of the x axis stand at the points; closer than this they would overlap. */
const TICK_GAP_PX = 22;
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"';

export function drawChart(chart: Chart): string {
  const points = chart.series.flatMap(({ points: own }) => own);
  const xMax = Math.max(1, ...points.map(({ x }) => x)) * 1.04;
  const highest = Math.max(1, ...points.flatMap(({ y, ends }) => [y, ends?.[1] ?? y]), (chart.ideal?.perX ?? 0) * xMax);
  const step = niceStep(highest / TICKS_MAX);
  const yMax = Math.ceil(highest / step) * step;
  const px = (x: number): number => PLOT.left + (x / xMax) * (PLOT.right - PLOT.left);
  const py = (y: number): number => PLOT.bottom - (Math.max(0, y) / yMax) * (PLOT.bottom - PLOT.top);
  const place: Place = { px, py, xMax };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" ${FONT} role="img">`,
    `<title>${escaped(`${chart.title} (${chart.label})`)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 34, chart.title, { size: 18, colour: INK, weight: 600 }),
    text(PLOT.left, 57, chart.label, { size: 13, colour: FAINT }),
    ...yAxis(yMax, step, py),
    ...xAxis(
      [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b),
      px,
    ),
    ...(chart.ideal === undefined ? [] : idealLine(chart.ideal.perX, place)),
    ...chart.series.flatMap((series, index) => drawSeries(series, colourOf(index), place)),
    ...legend(chart),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 42, chart.xTitle, { size: 13, colour: INK, anchor: 'middle' }),
    `<text transform="translate(22 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" font-size="13" fill="${INK}" text-anchor="middle">${escaped(chart.yTitle)}</text>`,
    text(PLOT.left, HEIGHT - 16, chart.footnote, { size: 11, colour: FAINT }),
    '</svg>',
    '',
  ].join('\n');
}

type Place = { readonly px: (x: number) => number; readonly py: (y: number) => number; readonly xMax: number };

function yAxis(yMax: number, step: number, py: (y: number) => number): string[] {
  const ticks = Array.from({ length: Math.round(yMax / step) + 1 }, (_, i) => i * step);
  return ticks.flatMap((y) => [
    line([PLOT.left, py(y)], [PLOT.right, py(y)], `stroke="${y === 0 ? FAINT : GRID}"`),
    text(PLOT.left - 8, py(y) + 4, inThousands(y), { size: 12, colour: FAINT, anchor: 'end' }),
  ]);
}

function xAxis(xs: readonly number[], px: (x: number) => number): string[] {
  let lastPx = Number.NEGATIVE_INFINITY;
  return xs.flatMap((x) => {
    const at = px(x);
    const tick = line([at, PLOT.bottom], [at, PLOT.bottom + 5], `stroke="${FAINT}"`);
    if (at - lastPx < TICK_GAP_PX) return [tick];
    lastPx = at;
    return [tick, text(at, PLOT.bottom + 20, String(x), { size: 12, colour: FAINT, anchor: 'middle' })];
  });
}

function idealLine(perX: number, { px, py, xMax }: Place): string[] {
  return [
    line([px(0), py(0)], [px(xMax), py(perX * xMax)], `stroke="${FAINT}" stroke-width="1.5" stroke-dasharray="6 5"`),
  ];
}

function drawSeries({ points }: Series, colour: string, { px, py }: Place): string[] {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const path = sorted.filter(({ valid }) => valid).map(({ x, y }) => `${round(px(x))},${round(py(y))}`);
  const joined =
    path.length < 2 ? [] : [`<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`];
  return [...joined, ...sorted.flatMap((point) => drawPoint(point, colour, { px, py }))];
}

function drawPoint({ x, y, ends, valid }: ChartPoint, colour: string, { px, py }: Pick<Place, 'px' | 'py'>): string[] {
  const at = px(x);
  const own = valid ? colour : WRONG;
  const stroke = `stroke="${own}" stroke-width="1.5"`;
  const bar =
    ends === null
      ? []
      : [
          line([at, py(ends[0])], [at, py(ends[1])], stroke),
          ...ends.map((end) => line([at - 5, py(end)], [at + 5, py(end)], stroke)),
        ];
  const dot = `<circle cx="${round(at)}" cy="${round(py(y))}" r="4.5" fill="${valid ? own : '#ffffff'}" ${stroke}/>`;
  if (valid) return [...bar, dot];
  return [
    ...bar,
    dot,
    line([at - 7, py(y) - 7], [at + 7, py(y) + 7], stroke),
    line([at - 7, py(y) + 7], [at + 7, py(y) - 7], stroke),
  ];
}

/** One entry below the other in the upper left of the plot, where a rising curve leaves room. */
function legend({ series, ideal }: Chart): string[] {
  const hasInvalid = series.some(({ points }) => points.some(({ valid }) => !valid));
  const entries = [
    ...(ideal === undefined ? [] : [{ name: ideal.name, colour: FAINT, dash: ' stroke-dasharray="6 5"' }]),
    ...series.map(({ name }, index) => ({ name, colour: colourOf(index), dash: '' })),
    ...(hasInvalid ? [{ name: 'crossed out: invalid, the system was not the limit', colour: WRONG, dash: '' }] : []),
  ];
  return entries.flatMap(({ name, colour, dash }, index) => {
    const y = PLOT.top + 16 + index * 20;
    return [
      line([PLOT.left + 14, y - 4], [PLOT.left + 42, y - 4], `stroke="${colour}" stroke-width="2"${dash}`),
      text(PLOT.left + 50, y, name, { size: 12, colour: INK }),
    ];
  });
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}

type TextLook = {
  readonly size: number;
  readonly colour: string;
  readonly anchor?: 'middle' | 'end';
  readonly weight?: number;
};

function text(x: number, y: number, content: string, { size, colour, anchor, weight }: TextLook): string {
  const look = [
    `font-size="${size}"`,
    `fill="${colour}"`,
    ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
    ...(weight === undefined ? [] : [`font-weight="${weight}"`]),
  ];
  return `<text x="${round(x)}" y="${round(y)}" ${look.join(' ')}>${escaped(content)}</text>`;
}

function line([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], look: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${look}/>`;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least) ?? 10;
  return factor * power;
}

function inThousands(value: number): string {
  return String(round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
