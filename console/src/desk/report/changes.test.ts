import { expect, test } from 'vitest'

import { anIncident, anOrder } from '../an-incident'
import { isWanted, namedUnits, NO_CHANGES, ticked, unwanted } from './changes'

test('ticking and unticking again changes nothing', () => {
  const added = ticked(NO_CHANGES, 'far', false, true)
  const left = ticked(added, 'near', true, false)
  expect(left).toEqual({ add: ['far'], leave: ['near'] })
  expect(ticked(ticked(left, 'far', false, false), 'near', true, true)).toEqual(NO_CHANGES)
})

test('the matcher’s choice comes unless it was unticked, others only when ticked', () => {
  const changes = { add: ['far'], leave: ['near'] }
  expect([isWanted(changes, 'near', true), isWanted(changes, 'next', true)]).toEqual([false, true])
  expect([isWanted(changes, 'far', false), isWanted(changes, 'other', false)]).toEqual([true, false])
})

test('the report names whom the operator wants, and nobody where nothing was changed', () => {
  expect(namedUnits(NO_CHANGES, ['a', 'b'])).toEqual([])
  expect(namedUnits({ add: ['c'], leave: ['a'] }, ['a', 'b'])).toEqual(['b', 'c'])
  expect(namedUnits({ add: ['b'], leave: [] }, ['a', 'b'])).toEqual(['a', 'b'])
  expect(namedUnits({ add: Array.from({ length: 30 }, (_, index) => String(index)), leave: [] }, [])).toHaveLength(20)
})

test('a unit that is not to come is stood down once the matcher takes it, and once only', () => {
  const incident = anIncident([anOrder('a'), anOrder('b')])
  const changes = { add: [], leave: ['u-b', 'u-c'] }
  expect(unwanted(changes, incident).map(({ order_id: id }) => id)).toEqual(['b'])
  const withdrawn = { kind: 'order-withdrawn', seconds: 9, order_id: 'b', reason: 'x' }
  expect(unwanted(changes, anIncident([anOrder('a'), anOrder('b'), withdrawn]))).toEqual([])
})
