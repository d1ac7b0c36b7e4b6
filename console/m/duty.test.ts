import { expect, test } from 'vitest'
import { standingOf, type Unit } from './duty'

const NOW = Date.parse('2026-03-01T08:00:00Z')

function unit(leases: [member: string, until: string][], quorum = 2): Unit {
  return {
    unit_id: 'U-1',
    name: 'Market',
    quorum,
    suspended: false,
    location: { lon: 113.3, lat: 23.1 },
    posts: [{ post_id: 'P-1', name: 'East gate' }],
    duty: {
      state: 'on',
      until: null,
      on_duty: leases.map(([member_id, until]) => ({ member_id, post_id: 'P-1', until })),
    },
  }
}

test('nobody is on duty', () => {
  expect(standingOf(unit([]), 'M-1', NOW)).toMatchObject({ state: 'off', mine_until: null, others: 0, missing: 2 })
})

test('one of two makes the unit short, and the other is told how many are missing', () => {
  const standing = standingOf(unit([['M-2', '2026-03-01T09:00:00Z']]), 'M-1', NOW)
  expect(standing).toMatchObject({ state: 'short', mine_until: null, post: null, others: 1, missing: 1 })
})

test('the own post and end are known, and others are counted without oneself', () => {
  const leases: [string, string][] = [
    ['M-1', '2026-03-01T10:00:00Z'],
    ['M-2', '2026-03-01T09:00:00Z'],
  ]
  expect(standingOf(unit(leases), 'M-1', NOW)).toEqual({
    state: 'on',
    mine_until: Date.parse('2026-03-01T10:00:00Z'),
    post: 'East gate',
    others: 1,
    missing: 0,
    ends_soon: false,
  })
})

test('a lease that has run out since the answer came does not count', () => {
  const told = unit([['M-1', '2026-03-01T07:59:59Z']], 1)
  expect(standingOf(told, 'M-1', NOW)).toMatchObject({ state: 'off', mine_until: null, missing: 1 })
})

test('duty that ends within half an hour is about to be renewed', () => {
  expect(standingOf(unit([['M-1', '2026-03-01T08:29:00Z']]), 'M-1', NOW).ends_soon).toBe(true)
})
