import { expect, test } from 'vitest'

import type { Incident } from '../../incidents/incident'
import { anIncident, anOrder, at, START } from '../an-incident'
import { glanceOf, missingOf } from './glance'
import { groupsOf, neighbour, type Scope } from './groups'
import { inView, placed, scrollTo } from './window'

const named = (incident_id: string, change: Partial<Incident> = {}): Incident => ({ ...anIncident(), incident_id, ...change })
const wanted = (scope: Scope = 'all', text = '') => ({
  scope, text, wordsOf: (incident: Incident) => [incident.description, incident.incident_id],
})

const RUNNING = [
  named('drill', { drill: true, severity: 'critical' }),
  named('over', { state: 'handed-over', handed_over_at: at(30) }),
  named('minor', { severity: 'minor', description: '岗顶 广场' }),
  named('critical', { severity: 'critical' }),
  named('late', { severity: 'minor', reported_at: at(-100), stages: named('x').stages.map((one) => ({ ...one, due_at: at(10) })) }),
]
const shown = (scope?: Scope, text?: string) => groupsOf(RUNNING, wanted(scope, text), START + 40_000)
  .map(({ name, incidents }) => [name, ...incidents.map(({ incident_id: id }) => id)])

test('overdue comes first, exercises stand apart, what was handed over waits below', () => {
  expect(shown()).toEqual([['open', 'late', 'critical', 'minor'], ['handed-over', 'over'], ['drills', 'drill']])
})

test('the list shows only what is real, or only exercises, or what fits every word', () => {
  expect(shown('real').map(([name]) => name)).toEqual(['open', 'handed-over'])
  expect(shown('drills')).toEqual([['drills', 'drill']])
  expect(shown('all', '广场 岗顶')).toEqual([['open', 'minor']])
})

test('one moves through all groups, and stops at both ends', () => {
  const groups = groupsOf(RUNNING, wanted(), START + 40_000)
  const to = (id: string | null, by: number) => neighbour(groups, id, by)?.incident_id
  expect([to('minor', 1), to('over', 1), to('drill', 1), to('late', -1)]).toEqual(['over', 'drill', 'drill', 'late'])
  expect([to(null, 1), to('closed meanwhile', -1)]).toEqual(['late', 'late'])
  expect(neighbour([], 'late', 1)).toBeNull()
})

test('a thousand incidents are grouped within a tenth of a second', () => {
  const many = Array.from({ length: 1000 }, (_, index) => named(`i-${String(index)}`, { reported_at: at(-index) }))
  const begun = performance.now()
  groupsOf(many, wanted('all', 'i-'), START)
  expect(performance.now() - begun).toBeLessThan(100)
})

test('of a long list those rows are drawn that touch the view', () => {
  const { rows, height } = placed(Array.from({ length: 1000 }, (_, index) => index), (index) => (index === 0 ? 20 : 60))
  expect(height).toBe(20 + 999 * 60)
  expect(inView(rows, 0, 100).map(({ item }) => item)).toEqual([0, 1, 2])
  expect(inView(rows, 80, 140).map(({ item }) => item)).toEqual([2])
  expect(inView(rows, height, height + 100)).toEqual([])
})

test('a row is scrolled into view by as little as is needed', () => {
  expect(scrollTo({ top: 100, height: 60 }, 0, 400)).toBeNull()
  expect(scrollTo({ top: 380, height: 60 }, 0, 400)).toBe(40)
  expect(scrollTo({ top: 100, height: 60 }, 120, 400)).toBe(100)
})

test('orders are counted as they stand', () => {
  const answered = (kind: string, id: string) => ({ kind, seconds: 9, order_id: id, reason: 'x' })
  const incident = anIncident([
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => anOrder(id)),
    answered('order-acknowledged', 'b'), answered('assignee-arrived', 'c'), answered('order-declined', 'd'),
    answered('order-unanswered', 'e'), answered('order-withdrawn', 'f'),
  ])
  expect(glanceOf(incident)).toEqual({ issued: 1, acknowledged: 1, arrived: 1, lost: 2 })
})

test('what is missing is what the last round of a stage that still runs did not find', () => {
  const looked = (stage: number, missing: number) => ({ kind: 'units-considered', seconds: 2, round: 1, stage, candidates: [], missing })
  const steps = [looked(1, 1), looked(3, 2), looked(3, 1)]
  expect(missingOf(anIncident(steps))).toBe(2)
  expect(missingOf(anIncident([...steps, { kind: 'stage-attained', seconds: 9, stage: 1, in_time: true }]))).toBe(1)
})
