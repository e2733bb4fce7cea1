// From rows of plain panel descriptions to Grafana's model, through the builders of its SDK. It knows no metric.
import {
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  type ValueMapping,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

export interface Query {
  readonly expr: string;
  /** What the legend says of a series. */
  readonly legend: string;
}

export interface Panel {
  readonly kind: 'stat' | 'series';
  readonly title: string;
  readonly description: string;
  /** Of Grafana's list. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24 columns; a third for series and a sixth for stats when absent. */
  readonly width?: number;
  readonly min?: number;
  readonly max?: number;
  /** Words for values, with a colour. */
  readonly words?: readonly {
    readonly from: number;
    readonly to: number | null;
    readonly text: string;
    readonly color: string;
  }[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Series whose `name` label has the values. */
  readonly series: string;
}

export interface Page {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const DATA_SOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };
const STAT_HEIGHT = 4;
const SERIES_HEIGHT = 8;
const STAT_WIDTH = 4;
const SERIES_WIDTH = 8;

export function dashboardOf({ uid, title, description, variables, rows }: Page): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['rexnet'])
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const variable of variables) builder.withVariable(variableOf(variable));
  let id = 0;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) builder.withPanel(panelOf(panel, ++id));
  }
  return builder.build();
}

function variableOf({ name, label, series }: Variable): QueryVariableBuilder {
  const query = `label_values(${series}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NumericalAsc);
}

function panelOf(panel: Panel, id: number): StatBuilder | TimeseriesBuilder {
  return panel.kind === 'stat' ? statOf(panel, id) : seriesOf(panel, id);
}

function statOf(panel: Panel, id: number): StatBuilder {
  return common(new StatBuilder(), panel, id)
    .span(panel.width ?? STAT_WIDTH)
    .height(STAT_HEIGHT)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue('no data');
}

function seriesOf(panel: Panel, id: number): TimeseriesBuilder {
  return common(new TimeseriesBuilder(), panel, id)
    .span(panel.width ?? SERIES_WIDTH)
    .height(SERIES_HEIGHT)
    .fillOpacity(5)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

function common<B extends StatBuilder | TimeseriesBuilder>(builder: B, panel: Panel, id: number): B {
  builder.id(id).title(panel.title).description(panel.description).unit(panel.unit).datasource(DATA_SOURCE);
  if (panel.min !== undefined) builder.min(panel.min);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.words !== undefined) builder.mappings(panel.words.map(mappingOf));
  for (const [i, { expr, legend }] of panel.queries.entries()) {
    const query = new DataqueryBuilder().refId(refIdOf(i)).datasource(DATA_SOURCE).expr(expr).legendFormat(legend);
    builder.withTarget(panel.kind === 'stat' ? query.instant() : query.range());
  }
  return builder;
}

function mappingOf({ from, to, text, color }: NonNullable<Panel['words']>[number]): ValueMapping {
  return { type: MappingType.RangeToText, options: { from, to, result: { text, color } } };
}

function refIdOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
