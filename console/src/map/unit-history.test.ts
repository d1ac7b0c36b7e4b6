import { expect, test } from 'vitest'

import { changeOf, joined, keyOf, movesOf, stepsOf, type DutyEntry, type Entry, type OrderEntry } from './unit-history'

const AT = '2026-03-01T16:00:00Z'

function duty(sequence: number, values: Partial<DutyEntry> = {}): DutyEntry {
  return {
    kind: 'duty', at: AT, sequence, came: 1, left: 0, lapsed: 0, before: null, state: 'on', on_duty: 2, quorum: 2, ...values,
  }
}

function order(id: string, values: Partial<OrderEntry> = {}): OrderEntry {
  return {
    kind: 'order', at: AT, order_id: id, incident_id: 'i', class: 'rescue', severity: 'minor', drill: false,
    acknowledged_at: null, arrived_at: null, ended_at: null, ended: null, reason: null, ...values,
  }
}

const keys = (entries: readonly Entry[] | null) => entries?.map(keyOf)

test('a page read anew goes before what was shown, each once, as it is now', () => {
  const shown = [order('b'), duty(3), duty(2), duty(1)]
  const now = joined([duty(4), order('b', { ended: 'declined' }), duty(3)], shown)
  expect(keys(now)).toEqual(['duty-4', 'order-b', 'duty-3', 'duty-2', 'duty-1'])
  expect(now?.[1]).toMatchObject({ ended: 'declined' })
})

test('the same page again changes nothing', () => {
  const shown = [order('b'), duty(3), duty(2)]
  expect(joined(shown.slice(0, 2), shown)).toEqual(shown)
})

test('where nothing of what was shown is in the page, something may be missing between', () => {
  expect(joined([duty(9), duty(8)], [duty(3)])).toBeNull()
  expect(joined([duty(9)], [])).toBeNull()
})

test.each([
  [{}, ['came 1']],
  [{ came: 0, left: 2 }, ['left 2']],
  [{ came: 1, lapsed: 2 }, ['came 1', 'lapsed 2']],
  [{ came: 0 }, []],
])('who came and went: %j', (values, said) => {
  expect(movesOf(duty(1, values)).map(({ what, n }) => `${what} ${String(n)}`)).toEqual(said)
})

test.each([
  [null, 'short', 'short'],
  ['off', 'short', 'short'],
  ['short', 'on', 'met'],
  ['off', 'on', 'met'],
  ['on', 'short', 'below'],
  ['on', 'off', 'off'],
  ['short', 'off', 'off'],
  ['short', 'short', null],
  ['on', 'on', null],
] as const)('from %s to %s it is %s', (before, state, change) => {
  expect(changeOf(duty(1, { before, state }))).toBe(change)
})

test('an order’s steps are those that happened', () => {
  const times = { acknowledged_at: AT, arrived_at: AT, ended_at: AT, ended: 'completed' } as const
  expect(stepsOf(order('a')).length).toBe(0)
  expect(stepsOf(order('a', times)).map(({ what }) => what)).toEqual(['acknowledged', 'arrived', 'completed'])
  expect(stepsOf(order('a', { ended: 'declined', ended_at: AT }))).toEqual([{ what: 'declined', at: AT }])
})
