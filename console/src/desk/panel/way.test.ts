import { expect, test } from 'vitest'

import { anIncident, anOrder, START } from '../an-incident'
import { awaitedOf, inOrder } from './way'

const said = (kind: string, order_id: string, seconds = 9) => ({ kind, seconds, order_id, reason: 'x' })
const order = (...steps: Parameters<typeof anIncident>[0] & object) => anIncident([anOrder('a'), ...steps]).orders[0]!

test('first an answer is awaited, then the arrival from when they set out', () => {
  expect(awaitedOf(order(), START + 5_000)).toEqual({ what: 'answer', leftS: 15 })
  expect(awaitedOf(order(), START + 25_000)).toEqual({ what: 'answer', leftS: -5 })
  expect(awaitedOf(order(said('order-acknowledged', 'a')), START + 19_000)).toEqual({ what: 'arrival', leftS: 190 })
})

test('nothing is awaited of who is there, or gone', () => {
  expect(awaitedOf(order(said('assignee-arrived', 'a')), START)).toBeNull()
  expect(awaitedOf(order(said('order-declined', 'a')), START)).toBeNull()
})

test('what is under way stands first, what has ended behind it, the last first', () => {
  const incident = anIncident([
    anOrder('a'), anOrder('b'), anOrder('c'), anOrder('d'), said('order-unanswered', 'c'), said('order-declined', 'a', 30),
  ])
  expect(inOrder(incident.orders).map(({ order_id: id }) => id)).toEqual(['b', 'd', 'a', 'c'])
})
