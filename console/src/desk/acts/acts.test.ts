import { expect, test } from 'vitest'

import { ProblemError } from '../../api/problems'
import type { Order } from '../../incidents/incident'
import { anIncident, anOrder, at, PATH, STATION, type Step } from '../an-incident'
import { orderRequestOf, requestOf, type Filled } from './act'
import { actsOn, actsOnOrder, nextToAnswer, type Actor } from './allowed'
import { isWorthRepeating, reasonsIn, refusalOf } from './refusals'

const OPERATOR: Actor = { role: 'operator', path: '/440100', station_id: '440100' }
const OWN: Actor = { role: 'officer', path: PATH, station_id: STATION }
const LENDER: Actor = { role: 'officer', path: '/440100/440106/440106002', station_id: '440106002' }
const FILLED: Filled = { code: 'a-code', note: ' words ', to: '440106001', replace: false }

const LENT = anOrder('lent', { assignee_station_id: '440106002' })
const POLICE = anOrder('police', { assignee_kind: 'police', assignee_id: STATION, stage: 5 })
const story = (...steps: Step[]) => anIncident([anOrder('own'), LENT, POLICE, ...steps])
const step = (kind: string, order_id: string): Step => ({ kind, seconds: 9, order_id, reason: 'declined' })
const order = (id: string, ...steps: Step[]): Order => story(...steps).orders.find(({ order_id }) => order_id === id)!

const HANDED_OVER: Step = { kind: 'handed-over', seconds: 30, to: STATION }
const CLEARED: Step = { kind: 'incident-cleared', seconds: 40, outcome: 'resolved' }

test.each([
  ['open', OPERATOR, [], ['order', 'escalate', 'sighting', 'hand-over', 'clear', 'cancel']],
  ['open', OWN, [], ['order', 'escalate', 'sighting', 'hand-over', 'clear', 'cancel']],
  ['open', LENDER, [], ['escalate', 'sighting', 'hand-over']],
  ['handed over', OWN, [HANDED_OVER], ['sighting', 'clear', 'cancel']],
  ['handed over', LENDER, [HANDED_OVER], ['sighting']],
  ['closed', OPERATOR, [CLEARED], []],
] as const)('an incident that is %s allows %o this much', (_, actor, steps, allowed) => {
  expect(actsOn(story(...steps), actor)).toEqual(allowed)
})

test('a neighbour whose path only begins alike does not own the incident', () => {
  expect(actsOn(story(), { role: 'officer', path: PATH.slice(0, -1), station_id: 'x' })).not.toContain('clear')
})

test.each([
  ['own', [], ['acknowledge', 'arrive', 'decline', 'withdraw']],
  ['own', [step('order-acknowledged', 'own')], ['arrive', 'decline', 'withdraw']],
  ['own', [step('assignee-arrived', 'own')], ['withdraw']],
  ['own', [step('order-declined', 'own')], []],
  ['police', [], ['acknowledge', 'arrive', 'decline']],
  ['own', [CLEARED], []],
] as const)('order %s after %o allows its station %o', (id, steps, allowed) => {
  expect(actsOnOrder(story(...steps), order(id, ...steps), OWN)).toEqual(allowed)
})

test('who lent a unit answers for that unit only, and does not stand it down', () => {
  expect(actsOnOrder(story(), order('lent'), LENDER)).toEqual(['acknowledge', 'arrive', 'decline'])
  expect(actsOnOrder(story(), order('own'), LENDER)).toEqual([])
})

test('the order that lapses first is meant when none was chosen', () => {
  const incident = anIncident([anOrder('later', { respond_by: at(40) }), anOrder('sooner'), anOrder('said', { respond_by: at(5) }), step('order-acknowledged', 'said')])
  expect(nextToAnswer(incident, OWN)?.order_id).toBe('sooner')
  expect(nextToAnswer(incident, LENDER)).toBeNull()
})

test('acts become the requests that the service knows', () => {
  expect(requestOf('i/1', 'order', { ...FILLED, to: 'u-1' })).toEqual({ path: '/dispatch/v1/incidents/i%2F1/orders', body: { unit_id: 'u-1' } })
  expect(requestOf('i', 'hand-over', FILLED)).toEqual({ path: '/dispatch/v1/incidents/i/handover', body: { to: '440106001', note: 'words' } })
  expect(requestOf('i', 'clear', FILLED).body).toEqual({ outcome: 'a-code', note: 'words' })
  expect(requestOf('i', 'cancel', FILLED).body).toEqual({ reason: 'a-code' })
})

test('what was heard by radio is said on behalf; the station’s own police answer for themselves', () => {
  const heard = (id: string, actor: Actor) => orderRequestOf('i', order(id), 'acknowledge', FILLED, actor).body
  expect(heard('own', OWN)).toEqual({ on_behalf: true })
  expect(heard('police', OWN)).toEqual({ on_behalf: false })
  expect(heard('police', OPERATOR)).toEqual({ on_behalf: true })
  expect(orderRequestOf('i', order('own'), 'arrive', FILLED, OWN).body).toEqual({ on_behalf: true, manual: true })
  expect(orderRequestOf('i', order('own'), 'withdraw', FILLED, OWN)).toEqual({
    path: '/dispatch/v1/incidents/i/orders/own/withdraw', body: { reason: 'a-code', replace: false },
  })
})

test('why a unit cannot be sent is told', () => {
  const errors = ['off-duty', 'threat-rule'].map((code) => ({ field: 'unit_id', code, detail: '' }))
  const refused = new ProblemError({ title: '', status: 409, code: 'unit-unavailable', errors })
  expect([refusalOf(refused), reasonsIn(refused)]).toEqual(['unit-unavailable', ['off-duty', 'threat-rule']])
  expect(reasonsIn(new Error('bug'))).toEqual([])
})

test('refusals have own words where the desk knows better; what nobody answered may be sent again', () => {
  const problem = (status: number, code: string) => new ProblemError({ title: '', status, code })
  expect(refusalOf(problem(409, 'order-not-open'))).toBe('order-not-open')
  expect(refusalOf(problem(422, 'something-new'))).toBeNull()
  expect(refusalOf(new Error('bug'))).toBeNull()
  expect([problem(0, 'timeout'), problem(503, 'unavailable'), problem(409, 'incident-closed')].map(isWorthRepeating)).toEqual([true, true, false])
})
