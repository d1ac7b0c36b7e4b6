import { expect, test } from 'vitest'

import { addressOf, askedOf, isFiltered, queryOf } from './asked'

const TODAY = '2026-03-01'

test('seven days end with today, and the API is told the day after', () => {
  const asked = askedOf({}, TODAY)
  expect(asked).toEqual({ from: '2026-02-23', to: TODAY, actor: null, action: null, refused: false })
  expect(queryOf(asked)).toEqual({ from: '2026-02-23', to: '2026-03-02', actor: null, action: null, refused: null })
  expect(isFiltered(asked)).toBe(false)
})

test('what is asked for is kept in the address', () => {
  const address = { from: '2026-01-01', to: '2026-01-31', actor: 'chen', action: 'log-in', refused: '1' }
  const asked = askedOf(address, TODAY)
  expect(addressOf(asked)).toEqual(address)
  expect(isFiltered(asked)).toBe(true)
  expect(queryOf(asked)).toMatchObject({ to: '2026-02-01', actor: 'chen', action: 'log-in', refused: true })
})

test.each([{ from: '2026-13-77', to: 'x' }, { actor: ' ', action: '' }, { refused: 'yes', actor: ['a'] }])('%j is not taken as it is', (query) => {
  expect(askedOf(query, TODAY)).toEqual(askedOf({}, TODAY))
})
