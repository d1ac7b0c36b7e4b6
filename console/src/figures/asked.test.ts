import { expect, test } from 'vitest'

import { addressOf, askedOf, earlierOf, queryOf } from './asked'

const TODAY = '2026-03-01'

test('seven days end with today, and the API is told the day after', () => {
  const asked = askedOf({ span: 'week' }, TODAY)
  expect(asked).toMatchObject({ from: '2026-02-23', to: TODAY, by: 'day', station: null, drill: false })
  expect(queryOf(asked)).toEqual({ from: '2026-02-23', to: '2026-03-02', by: 'day', station: null, drill: false })
})

test('today is one row unless the address says otherwise', () => {
  expect(askedOf({ span: 'today' }, TODAY)).toMatchObject({ from: TODAY, to: TODAY, by: 'none' })
  expect(askedOf({ span: 'today', by: 'station' }, TODAY).by).toBe('station')
})

test('an own stretch of time is kept in the address, a named one moves with the days', () => {
  const own = { span: 'own', from: '2026-01-01', to: '2026-01-31', by: 'class', station: '440106', drill: '1' }
  expect(addressOf(askedOf(own, TODAY))).toEqual(own)
  expect(addressOf(askedOf({ span: 'month', from: '2020-01-01' }, TODAY))).toEqual({ span: 'month', by: 'day' })
})

test.each([
  { span: 'ever', by: 'hour' }, { span: 'own', from: '2026-13-77', to: 'x' }, { station: '', drill: 'yes' }, { from: ['a'] },
])('%j is not taken as it is', (query) => {
  expect(askedOf(query, TODAY)).toMatchObject({ from: '2026-02-23', to: TODAY, by: 'day', station: null, drill: false })
})

test('a day that is not over is compared with the same hours of the day before', () => {
  const window = { from: '2026-03-01T00:00:00+08:00', to: '2026-03-02T00:00:00+08:00' }
  expect(earlierOf({ window, as_of: '2026-03-01T09:30:00+08:00' })).toEqual({
    from: '2026-02-27T16:00:00.000Z', to: '2026-02-28T01:30:00.000Z',
  })
})

test('a stretch of time that is over is compared with as long a one, up to its beginning', () => {
  const window = { from: '2026-02-01T00:00:00Z', to: '2026-02-08T00:00:00Z' }
  expect(earlierOf({ window, as_of: '2026-03-01T00:00:00Z' })).toEqual({
    from: '2026-01-25T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z',
  })
})
