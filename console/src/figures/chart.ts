import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { AriaComponentOption, GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

import type { Palette } from './palette'
import type { Plot, Series, Unit } from './plots'

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption | AriaComponentOption
>

/** More bars than this nobody tells apart; the table has all. */
export const BARS_MAX = 20

/** The words and numbers of a chart, in the reader's language. */
export interface Words {
  label: (column: { label: string; n?: number }) => string
  value: (value: number | null, unit: Unit) => string
  keyName: (key: { key: string; name: string }) => string
  description: string
}

/** Whether there is more than one thing to be seen: one number alone is no chart. */
export function isChart({ keys, series, isEmpty }: Plot): boolean {
  return !isEmpty && (keys.length > 1 || series.length > 1)
}

/** Pixels that a chart needs: stations lie one below the other, so that their names can be read. */
export function heightPx({ by, keys }: Plot, palette: Palette): number {
  const bars = by === 'station' && keys.length > 1 ? Math.min(keys.length, BARS_MAX) : 0
  return Math.max(280, 70 + bars * (palette.sizePx + 12))
}

/** How ECharts draws a plot: days as lines, stations and classes as bars; of a single key its numbers side by side. */
export function chartOption(plot: Plot, palette: Palette, words: Words): ChartOption {
  const isSingle = plot.keys.length === 1
  const isLying = plot.by === 'station' && !isSingle
  const drawn = isSingle ? sideBySide(plot, palette, words) : alongKeys(plot, palette, words)
  const textStyle = { color: palette.quiet, fontSize: palette.sizePx, fontFamily: palette.font }
  const names = {
    type: 'category' as const, data: drawn.names, inverse: isLying, axisTick: { show: false },
    axisLabel: { ...textStyle, ...nameBox(isLying, plot.by === 'day' && !isSingle) },
    axisLine: { lineStyle: { color: palette.line } },
  }
  const values = {
    type: 'value' as const, ...scaleOf(plot),
    axisLabel: { ...textStyle, formatter: (value: number) => (plot.unit === 'share' ? `${String(Math.round(value * 100))} %` : words.value(value, plot.unit)) },
    splitLine: { lineStyle: { color: palette.line } },
  }
  return {
    animation: false,
    textStyle,
    aria: { enabled: true, label: { description: words.description }, decal: { show: plot.stacked } },
    grid: { left: 8, right: 24, top: isSingle ? 24 : palette.sizePx * 3, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: plot.by === 'day' ? 'line' : 'shadow' },
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { ...textStyle, color: palette.text },
      valueFormatter: (value) => words.value(typeof value === 'number' ? value : null, plot.unit),
    },
    ...(isSingle ? {} : { legend: { type: 'scroll', top: 0, left: 0, textStyle, pageTextStyle: textStyle, inactiveColor: palette.line } }),
    xAxis: isLying ? values : names,
    yAxis: isLying ? names : values,
    series: drawn.series,
  }
}

/** Days may be left out where there is no room; all others are written, in as little room as there is. */
function nameBox(isLying: boolean, isDays: boolean): { hideOverlap: boolean } | { interval: 0; width: number; overflow: 'truncate' | 'break' } {
  if (isDays) return { hideOverlap: true }
  return isLying ? { interval: 0, width: 150, overflow: 'truncate' } : { interval: 0, width: 84, overflow: 'break' }
}

const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/** Shares up to all of it; times in steps of a clock; counts in whole numbers. */
function scaleOf({ unit, series }: Plot): { max?: number; interval?: number; minInterval?: number } {
  if (unit === 'share') return { max: 1, interval: 0.2 }
  if (unit === 'count') return { minInterval: 1 }
  const most = Math.max(1, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const step = CLOCK_STEPS.find((one) => most / one <= 6) ?? Math.ceil(most / 6 / 3600) * 3600
  return { interval: step, max: Math.ceil(most / step) * step }
}

interface Drawn {
  names: string[]
  series: (BarSeriesOption | LineSeriesOption)[]
}

function alongKeys(plot: Plot, palette: Palette, words: Words): Drawn {
  const shown = plot.by === 'station' ? BARS_MAX : plot.keys.length
  const isLine = plot.by === 'day' && !plot.stacked
  return {
    names: plot.keys.slice(0, shown).map(words.keyName),
    series: plot.series.map((series) => ({
      name: words.label(series),
      data: series.values.slice(0, shown).map((value) => value ?? '-'),
      color: palette.hues[series.hue],
      ...(isLine ? line(plot.series, series) : bar(plot, palette)),
    })),
  }
}

/** Symbols tell lines apart where colours do not. */
function line(all: Series[], series: Series): Pick<LineSeriesOption, 'type' | 'symbol' | 'symbolSize' | 'showSymbol' | 'connectNulls'> {
  const symbols = ['circle', 'triangle', 'diamond', 'rect']
  return { type: 'line', symbol: symbols[all.indexOf(series) % symbols.length]!, symbolSize: 7, showSymbol: true, connectNulls: false }
}

function bar({ stacked }: Plot, palette: Palette): Pick<BarSeriesOption, 'type' | 'stack' | 'barMaxWidth' | 'itemStyle'> {
  const itemStyle = { borderColor: palette.surface, borderWidth: stacked ? 1 : 0 }
  return { type: 'bar', barMaxWidth: 28, itemStyle, ...(stacked ? { stack: 'all' } : {}) }
}

function sideBySide(plot: Plot, palette: Palette, words: Words): Drawn {
  const data = plot.series.map(({ values, hue }) => ({ value: values[0] ?? '-', itemStyle: { color: palette.hues[hue] } }))
  const label = {
    show: true, position: 'top' as const, color: palette.text,
    formatter: ({ value }: { value?: unknown }) => words.value(typeof value === 'number' ? value : null, plot.unit),
  }
  return { names: plot.series.map(words.label), series: [{ type: 'bar', barMaxWidth: 44, data, label }] }
}
