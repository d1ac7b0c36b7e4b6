import { expect, test } from 'vitest'

import { arrivals, figures, report } from './fixtures'
import { plotsOf } from './plots'

const reached = (recipients: number, got: number, failed: number) => ({
  recipients, reached: got, acknowledged: 0, failed, share: recipients === 0 ? null : got / recipients,
})

test('coverage is missing where the report has none', () => {
  expect(plotsOf(report('class', { rescue: figures({ coverage: null }) })).map(({ topic }) => topic))
    .toEqual(['stages', 'first', 'orders', 'incidents', 'reach'])
  expect(plotsOf(report('none', { '': figures() }))[0]?.topic).toBe('coverage')
})

test('a stage that occurs in one row has a number in all of them', () => {
  const stage = { stage: 3, due: 4, in_time: 3, late: 1, missed: 0, share: 0.75 }
  const plot = plotsOf(report('day', { '2026-03-01': figures(), '2026-03-02': figures({ stages: [stage] }) }))[1]!
  expect(plot.series.map(({ n, values }) => [n, values])).toEqual([[3, [null, 0.75]]])
  expect(plot.columns.map(({ values }) => values)).toEqual([[0, 4], [0, 0]])
})

test('stations come worst first, those without a number last; days stay in order', () => {
  const rows = {
    a: figures({ first_arrived: arrivals(3, 60, 90) }), b: figures(), c: figures({ first_arrived: arrivals(3, 60, 300) }),
  }
  const first = (by: 'station' | 'day') => plotsOf(report(by, rows)).find(({ topic }) => topic === 'first')!
  expect(first('station').keys.map(({ key }) => key)).toEqual(['c', 'a', 'b'])
  expect(first('station').series[1]?.values).toEqual([300, 90, null])
  expect(first('day').keys.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

test('whoever was waited for in vain is counted beside the times, which do not hold them', () => {
  const plot = plotsOf(report('none', { '': figures({ first_arrived: arrivals(3, 60, 90, 2) }) })).find(({ topic }) => topic === 'first')!
  expect(Object.fromEntries(plot.columns.map(({ label, values }) => [label, values[0]]))).toMatchObject({
    'figures.outcome.total': 5, 'figures.outcome.done': 3, 'figures.outcome.never': 2,
  })
})

test('only classes that occurred have a colour in the chart', () => {
  const plot = plotsOf(report('none', { '': figures({ incidents: { rescue: 3, accident: 0 } }) })).find(({ topic }) => topic === 'incidents')!
  expect(plot.series.map(({ label }) => label)).toEqual(['terms.incident.rescue'])
  expect(plot.isEmpty).toBe(false)
})

test('by class each class is a row, with one number', () => {
  const rows = { rescue: figures({ incidents: { rescue: 3 }, cancelled: 1 }), accident: figures({ incidents: { accident: 2 } }) }
  const plot = plotsOf(report('class', rows)).find(({ topic }) => topic === 'incidents')!
  expect([...plot.series, ...plot.columns].map(({ values }) => values)).toEqual([[3, 2], [1, 0]])
})

test('what is neither reached nor failed is still under way', () => {
  const plot = plotsOf(report('none', { '': figures({ reach: reached(10, 7, 1) }) })).find(({ topic }) => topic === 'reach')!
  expect(plot.series.map(({ values }) => values[0])).toEqual([7, 2, 1])
})

test('nothing counted is empty, not a chart of zeros', () => {
  expect(plotsOf(report('none', { '': figures() })).every(({ isEmpty }) => isEmpty)).toBe(true)
})
