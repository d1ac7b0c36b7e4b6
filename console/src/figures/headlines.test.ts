import { expect, test } from 'vitest'

import { arrivals, figures, report } from './fixtures'
import { comparedWith, headlinesOf, registeredChange } from './headlines'

const coverage = (share: number, registered_s = 1000) => ({ on_duty_s: share * registered_s, registered_s, share })
const stage = (number: number, share: number) => ({ stage: number, due: 10, in_time: share * 10, late: 0, missed: 0, share })

test('the headlines are coverage, each stage, the first arrival, incidents and reach', () => {
  const all = figures({ coverage: coverage(0.9), stages: [stage(1, 0.8), stage(3, 0.7)], first_arrived: arrivals(4, 120, 240), incidents: { rescue: 3, accident: 2 } })
  expect(headlinesOf(all).map(({ label, n, value, cases }) => [label, n, value, cases])).toEqual([
    ['figures.coverage', undefined, 0.9, null], ['figures.stage', 1, 0.8, 10], ['figures.stage', 3, 0.7, 10],
    ['figures.medianFirst', undefined, 120, 4], ['figures.incidents', undefined, 5, null], ['figures.reachShare', undefined, null, 0],
  ])
})

test('drills have no coverage, and none is shown', () => {
  expect(headlinesOf(figures({ coverage: null })).map(({ label }) => label)).not.toContain('figures.coverage')
})

test('shares and seconds change by what they differ, counts by a part', () => {
  const now = figures({ coverage: coverage(0.9), stages: [stage(3, 0.8)], first_arrived: arrivals(4, 120, 240), incidents: { rescue: 6 } })
  const before = figures({ coverage: coverage(0.8), stages: [stage(3, 0.9)], first_arrived: arrivals(4, 150, 240), incidents: { rescue: 8 } })
  const changes = comparedWith(now, before).map(({ change }) => (change === null ? null : Number(change.toFixed(4))))
  expect(changes).toEqual([0.1, -0.1, -30, -0.25, null])
})

test('a stage is compared with the same stage only', () => {
  const compared = comparedWith(figures({ stages: [stage(3, 0.8)] }), figures({ stages: [stage(1, 0.5)], incidents: { rescue: 1 } }))
  expect(compared.find(({ label }) => label === 'figures.stage')).toMatchObject({ earlier: null, change: null })
})

test('a time of which nothing is known is not compared with: no incident in it does not say that there was none', () => {
  const compared = comparedWith(figures({ incidents: { rescue: 5 }, coverage: coverage(0.9) }), figures())
  expect(compared.every(({ earlier, change }) => earlier === null && change === null)).toBe(true)
})

test('from none to some is no percentage', () => {
  const compared = comparedWith(figures({ incidents: { rescue: 5 } }), figures({ coverage: coverage(0.9) }))
  expect(compared.find(({ label }) => label === 'figures.incidents')).toMatchObject({ earlier: 0, change: null })
})

test('registered units are compared a second: a morning counts half the unit-seconds of a day', () => {
  const morning = report('none', { '': figures({ coverage: coverage(0.9, 43_200 * 110) }) })
  const day = { ...report('none', { '': figures({ coverage: coverage(0.9, 86_400 * 100) }) }), as_of: '2026-03-05T00:00:00Z' }
  expect(registeredChange(morning, day)).toBeCloseTo(0.1)
  expect(registeredChange(report('none', { '': figures({ coverage: null }) }), day)).toBeNull()
})
