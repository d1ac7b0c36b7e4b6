import { expect, test } from 'vitest'

import { anIncident, anOrder, event, START, STATION } from '../an-incident'
import { answersOf } from './answers'
import { tell, type Texts } from './timeline'

const TEXTS: Texts = {
  unit: (id) => `<${id}>`, station: (id) => `[${id}]`, distance: (m) => `${String(m)} m`, duration: (s) => `${String(s)} s`,
  code: (code) => code.toUpperCase(), level: (level) => `L${String(level)}`,
}
const told = (kind: string, body: Record<string, unknown> = {}) => tell(event(2, { kind, seconds: 5, ...body }), TEXTS)
const UNIT = { order_id: 'o', assignee_kind: 'unit', assignee_id: 'u-1' }

test('who answered is told, and who heard it for them', () => {
  const answer = (kind: string, on_behalf: boolean, seconds: number, by: string) => ({ kind, seconds, by, order_id: 'a', on_behalf, assignee_kind: 'unit', assignee_id: 'u-a' })
  const incident = anIncident([anOrder('a'), answer('order-acknowledged', false, 8, 'm-1'), answer('assignee-arrived', true, 90, 'a-1')])
  expect(answersOf(incident).get('a')).toMatchObject({
    acknowledged: { by: 'm-1', onBehalf: false }, arrived: { by: 'a-1', onBehalf: true },
  })
  expect(Date.parse(answersOf(incident).get('a')!.arrived!.at)).toBe(START + 90_000)
})

test('events name units, stations, stages and reasons in the reader’s words', () => {
  expect(told('order-issued', { ...UNIT, stage: 3, distance_m: 300, eta_s: 60 })).toMatchObject({
    key: 'order-issued-from', values: { who: '<u-1>', stage: 3, distance: '300 m', eta: '60 s' },
  })
  expect(told('order-issued', { assignee_kind: 'police', assignee_id: STATION, stage: 5, distance_m: null, eta_s: null })).toMatchObject({
    key: 'order-issued', values: { who: `[${STATION}]` },
  })
  expect(told('order-acknowledged', { ...UNIT, on_behalf: true, after_s: 9 }).key).toBe('acknowledged-on-behalf')
  expect(told('order-declined', { ...UNIT, on_behalf: false, reason: 'too-far' })).toMatchObject({ tone: 'bad', values: { reason: 'TOO-FAR' } })
  expect(told('units-considered', { stage: 3, candidates: [1, 2], missing: 1 })).toMatchObject({ key: 'units-missing', values: { looked: 2, missing: 1 } })
  expect(told('incident-escalated', { level: 2, reason: 'crowd' }).values).toEqual({ level: 'L2', reason: 'CROWD' })
})

test('what people wrote is quoted, and nothing where they wrote nothing', () => {
  expect(told('sighting-reported', { note: '<b>red coat</b>', location: { lon: 1, lat: 2 } })).toMatchObject({
    quote: '<b>red coat</b>', place: { lon: 1, lat: 2 },
  })
  expect(told('handed-over', { to: STATION, note: ' ' }).quote).toBeNull()
})

test('an event of a kind that is not known here is told by its name', () => {
  expect(told('something-new')).toMatchObject({ key: 'unknown', values: { kind: 'something-new' } })
})
