import { expect, test } from 'vitest'

import { dateAt, dateOf, plusDays } from './dates'

test('a date is that of the wall clock', () => {
  expect(dateAt(new Date(2026, 0, 5, 0, 0, 1).getTime())).toBe('2026-01-05')
})

test('days are counted over the ends of months and years', () => {
  expect(plusDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(plusDays('2026-01-01', -1)).toBe('2025-12-31')
})

test.each(['2026-13-77', 'x', '', '2026-1-1', ['2026-01-01'], null])('%j is no date', (text) => {
  expect(dateOf(text)).toBeNull()
})
