import { expect, test } from 'vitest'

import type { Incident } from '../../incidents/incident'
import { anIncident, START } from '../an-incident'
import { AlarmWatch, gravest, type Alarm } from './alarms'

const named = (incident_id: string, change: Partial<Incident> = {}): Incident => ({ ...anIncident(), incident_id, ...change })
const said = (alarms: Alarm[]) => alarms.map(({ kind, incident, stage }) => [kind, incident.incident_id, stage])

test('what is there at the beginning is no news, not even when it is late', () => {
  const watch = new AlarmWatch()
  expect(watch.look([named('a')], null, START + 90_000)).toEqual([])
  expect(watch.look([named('a')], null, START + 91_000)).toEqual([])
})

test('a new incident and each stage that runs out are told once', () => {
  const watch = new AlarmWatch()
  watch.look([], null, START)
  expect(said(watch.look([named('a')], null, START + 1_000))).toEqual([['new', 'a', null]])
  expect(watch.look([named('a')], null, START + 2_000)).toEqual([])
  expect(said(watch.look([named('a')], null, START + 61_000))).toEqual([['overdue', 'a', 1]])
  expect(said(watch.look([named('a')], null, START + 181_000))).toEqual([['overdue', 'a', 3]])
  expect(watch.look([named('a')], null, START + 182_000)).toEqual([])
})

test('what somebody reported themselves, and what is old, is no news', () => {
  const watch = new AlarmWatch()
  watch.look([], 'a-1', START)
  expect(watch.look([named('own')], 'a-1', START + 1_000)).toEqual([])
  expect(watch.look([named('old')], 'a-2', START + 3600_000)).toEqual([])
})

test('after forgetting, the next look only learns', () => {
  const watch = new AlarmWatch()
  watch.look([], null, START)
  watch.forget()
  expect(watch.look([named('a')], null, START + 1_000)).toEqual([])
})

test('real before exercise, the graver first, is what sounds', () => {
  const alarm = (id: string, change: Partial<Incident>): Alarm => ({ kind: 'new', incident: named(id, change), stage: null })
  const alarms = [alarm('drill', { drill: true, severity: 'critical' }), alarm('minor', { severity: 'minor' }), alarm('grave', { severity: 'critical' })]
  expect(gravest(alarms)?.incident.incident_id).toBe('grave')
  expect(gravest([])).toBeNull()
})
