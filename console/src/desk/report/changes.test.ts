import { expect, test } from 'vitest'

import { anIncident, anOrder } from '../an-incident'
import { isWanted, NO_CHANGES, stillToDo, ticked } from './changes'

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

test('a unit that the matcher takes by itself is not ordered twice; one that is not to come is stood down once it is', () => {
  const changes = { add: ['u-a', 'u-b'], leave: ['u-c', 'u-d'] }
  expect(stillToDo(changes, null)).toEqual({ order: ['u-a', 'u-b'], withdraw: [] })
  const withdrawn = { kind: 'order-withdrawn', seconds: 9, order_id: 'd', reason: 'x' }
  const incident = anIncident([anOrder('a'), anOrder('c'), anOrder('d'), withdrawn])
  const { order, withdraw } = stillToDo(changes, incident)
  expect(order).toEqual(['u-b'])
  expect(withdraw.map(({ order_id: id }) => id)).toEqual(['c'])
})
