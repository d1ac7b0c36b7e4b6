import { expect, test } from 'vitest'

import { byUrgency, clockOf, isOverdue } from './clocks'
import { fold } from './fold'
import type { Incident, IncidentEvent } from './incident'

const START = Date.parse('2026-03-01T18:02:00Z')
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()

function event(sequence: number, kind: string, seconds: number, body: Record<string, unknown> = {}): IncidentEvent {
  const common = { incident_id: 'i-1', station_id: 's', path: '/440100', drill: false, at: at(seconds), by: 'clock' }
  return { sequence, id: `e-${String(sequence)}`, type: `meu.dispatch.${kind}.v1`, time: at(seconds), data: { ...common, ...body } }
}

const stage = (number: number, due: number, assignee: string) => ({
  number, meaning: '', starts_after_s: 0, due_after_s: due, attained_by: 'arrived', need: { assignee, count: 1 },
})
const REPORTED = event(1, 'incident-reported', 0, {
  incident_class: 'rescue', severity: 'serious', location: { lon: 113, lat: 23 }, description: 'x', photo_url: null,
  source: { kind: 'station', id: 's' }, external_id: null,
  playbook: {
    name: 'p', arrival_radius_m: 150, silence_s: 20, tell: ['station', 'district'],
    stages: [stage(3, 180, 'unit'), stage(5, 300, 'police')],
  },
})
const order = (id: string, kind = 'unit') => ({
  order_id: id, round: 1, stage: kind === 'unit' ? 3 : 5, assignee_kind: kind, assignee_id: 'u', assignee_station_id: 's',
  role: 'respond', distance_m: 400, eta_s: 300, respond_by: at(20),
})
const STORY = [
  REPORTED,
  event(2, 'order-issued', 1, order('o-1')),
  event(3, 'order-acknowledged', 9, { order_id: 'o-1' }),
  event(4, 'assignee-arrived', 100, { order_id: 'o-1', manual: true }),
  event(5, 'stage-attained', 100, { stage: 3, in_time: true }),
  event(6, 'handed-over', 400, { to: 's' }),
  event(7, 'order-completed', 400, { order_id: 'o-1', reason: 'handed-over' }),
  event(8, 'incident-cleared', 500, { outcome: 'resolved' }),
]

function after(...events: IncidentEvent[]): Incident {
  const { incident, gap } = fold(null, events)
  expect(gap).toBe(false)
  return incident!
}

test('an incident is what its events say', () => {
  const incident = after(...STORY)
  expect(incident).toMatchObject({ state: 'closed', outcome: 'resolved', level: 2, sequence: 8, closed_at: at(500) })
  expect(incident.orders).toMatchObject([{ status: 'completed', acknowledged_at: at(9), arrived_at: at(100), manual: true }])
  expect(incident.stages[0]).toMatchObject({ due_at: at(180), attained_at: at(100), in_time: true })
})

test('events that come again, in whatever portions, change nothing and nothing goes backwards', () => {
  const whole = after(...STORY)
  for (let from = 0; from < STORY.length; from += 1) {
    for (let to = from + 1; to <= STORY.length; to += 1) {
      expect(fold(whole, STORY.slice(from, to))).toEqual({ incident: whole, gap: false })
    }
  }
})

test('behind a missing event nothing is applied', () => {
  const before = after(...STORY.slice(0, 2))
  expect(fold(before, [STORY[3]!])).toEqual({ incident: before, gap: true })
  expect(fold(null, [STORY[1]!])).toEqual({ incident: null, gap: true })
})

test('an event of a kind that this console does not know yet is kept for the timeline', () => {
  const incident = after(REPORTED, event(2, 'something-new', 1))
  expect(incident.events.map(({ sequence }) => sequence)).toEqual([1, 2])
})

test('police that stay silent are given their time again', () => {
  const asked = after(REPORTED, event(2, 'order-issued', 1, order('o-1', 'police')))
  const told = fold(asked, [event(3, 'incident-escalated', 20, { level: 2, reason: 'police-unanswered' })]).incident!
  expect(told.orders[0]!.respond_by).toBe(at(40))
})

test('a stage’s clock runs to its deadline, and stands where it ended', () => {
  const open = after(REPORTED)
  expect(clockOf(open, open.stages[0]!, START + 60_000)).toMatchObject({ state: 'running', leftS: 120 })
  expect(clockOf(open, open.stages[0]!, START + 200_000)).toMatchObject({ state: 'overdue', leftS: -20 })
  const done = after(...STORY)
  expect(clockOf(done, done.stages[0]!, START + 999_000)).toMatchObject({ state: 'attained', leftS: 80 })
  expect(clockOf(done, done.stages[1]!, START + 999_000)).toMatchObject({ state: 'given-up', leftS: -100 })
})

test('overdue comes first, then the graver, then the older; exercises behind what is real', () => {
  const make = (incident_id: string, change: Partial<Incident>) => ({ ...after(REPORTED), incident_id, ...change })
  const overdue = make('overdue', { severity: 'minor' })
  const stages = overdue.stages.map((one) => ({ ...one, due_at: at(9000) }))
  const list = [
    make('drill', { stages, drill: true, severity: 'critical' }),
    make('younger', { stages, severity: 'critical', reported_at: at(50) }),
    make('older', { stages, severity: 'critical' }),
    make('minor', { stages, severity: 'minor' }),
    overdue,
  ]
  expect(isOverdue(overdue, START + 1_000_000)).toBe(true)
  const sorted = list.sort(byUrgency(START + 1_000_000)).map(({ incident_id }) => incident_id)
  expect(sorted).toEqual(['overdue', 'older', 'younger', 'minor', 'drill'])
})
