import { expect, test } from 'vitest'

import { dateAt, dateOf, plusDays } from './dates'
import { cityZone } from './zone'

test.each([
  [undefined, new Date(2026, 0, 5, 0, 0, 1).getTime(), '2026-01-05'],
  ['Asia/Shanghai', Date.parse('2026-01-04T15:59:59Z'), '2026-01-04'],
  ['Asia/Shanghai', Date.parse('2026-01-04T16:00:00Z'), '2026-01-05'],
  ['America/New_York', Date.parse('2026-01-05T04:59:59Z'), '2026-01-04'],
])('in %s the clocks at %d show %s', (zone, ms, date) => {
  cityZone.value = zone
  expect(dateAt(ms)).toBe(date)
})

test('days are counted over the ends of months and years', () => {
  expect(plusDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(plusDays('2026-01-01', -1)).toBe('2025-12-31')
})

test.each(['2026-13-77', 'x', '', '2026-1-1', ['2026-01-01'], null])('%j is no date', (text) => {
  expect(dateOf(text)).toBeNull()
})
