import { expect, test } from 'vitest'

import { BARS_MAX, chartOption, isChart, type Words } from './chart'
import { arrivals, figures, report } from './fixtures'
import type { Palette } from './palette'
import { plotsOf, type Plot, type Topic } from './plots'
import type { Report } from './report'

const HUES = { accent: '#1', good: '#2', serious: '#3', critical: '#4', drill: '#5', quiet: '#6' }
const PALETTE: Palette = { text: '#a', quiet: '#b', line: '#c', surface: '#d', raised: '#e', sizePx: 12, font: 'x', hues: HUES }
const WORDS: Words = {
  label: ({ label }) => label, keyName: ({ key }) => key, description: 'what it shows',
  value: (value, unit) => (value === null ? '–' : `${String(value)} ${unit}`),
}

function plotOf(topic: Topic, of: Report): Plot {
  return plotsOf(of).find((plot) => plot.topic === topic)!
}

interface Axis { data: string[]; max?: number; interval?: number }
interface Drawn { xAxis: Axis; yAxis: Axis; series: { type: string; name?: string; data: unknown[]; color?: string; stack?: string }[] }
const drawn = (plot: Plot) => chartOption(plot, PALETTE, WORDS) as unknown as Drawn

test('days are lines in the theme’s colours, and a day without a number is a gap', () => {
  const first = { first_arrived: arrivals(3, 60, 90) }
  const option = drawn(plotOf('first', report('day', { '2026-03-01': figures(first), '2026-03-02': figures() })))
  expect(option.xAxis.data).toEqual(['2026-03-01', '2026-03-02'])
  expect(option.series[0]).toMatchObject({ type: 'line', data: [60, '-'], color: '#1' })
})

test('of many stations the chart has the first ones only', () => {
  const rows = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`s${String(at)}`, figures({ first_arrived: arrivals(1, at, at) })]))
  const option = drawn(plotOf('first', report('station', rows)))
  expect([option.yAxis.data.length, option.yAxis.data[0], option.series[0]?.data.length]).toEqual([BARS_MAX, 's49', BARS_MAX])
})

test('incidents of all classes are one bar', () => {
  const option = drawn(plotOf('incidents', report('day', { a: figures({ incidents: { rescue: 2, accident: 1 } }), b: figures() })))
  expect(option.series.map(({ type, stack }) => [type, stack])).toEqual([['bar', 'all'], ['bar', 'all']])
})

test('of one key its numbers stand side by side', () => {
  const option = drawn(plotOf('first', report('none', { '': figures({ first_arrived: arrivals(3, 60, 90) }) })))
  expect([option.xAxis.data, option.series.length]).toEqual([['figures.median', 'figures.ninety'], 1])
})

test.each([[7, 2, 8], [170, 30, 180], [340, 60, 360], [4000, 1200, 4800], [50_000, 10_800, 54_000]])(
  'times up to %d s have marks each %d s, up to %d s', (most, interval, max) => {
    const option = drawn(plotOf('first', report('day', { a: figures({ first_arrived: arrivals(3, 1, most) }), b: figures() })))
    expect(option.yAxis).toMatchObject({ interval, max })
  },
)

test('one number alone, and nothing, are no chart', () => {
  const coverage = { on_duty_s: 9, registered_s: 10, share: 0.9 }
  expect(isChart(plotOf('coverage', report('none', { '': figures({ coverage }) })))).toBe(false)
  expect(isChart(plotOf('coverage', report('day', { a: figures({ coverage }), b: figures({ coverage }) })))).toBe(true)
  expect(isChart(plotOf('first', report('day', { a: figures(), b: figures() })))).toBe(false)
})

test('tooltips are drawn, not written as markup with styles, which the page’s policy forbids', () => {
  const option = chartOption(plotOf('first', report('day', { a: figures(), b: figures() })), PALETTE, WORDS)
  expect(option.tooltip).toMatchObject({ renderMode: 'richText' })
})
