import { expect, test } from 'vitest'

import { clocksOf } from '../incidents/clocks'
import { anIncident, START } from './an-incident'
import { stageTime, stageTone } from './stage-time'

const shown = (incident: ReturnType<typeof anIncident>, seconds: number) => clocksOf(incident, START + seconds * 1000)
  .map((clock) => `${stageTime(incident, clock)} ${stageTone(clock)}`)

test('a running clock shows what is left, pressing near its end, and what is over behind it', () => {
  expect(shown(anIncident(), 45)).toEqual(['0:15 is-pressing', '2:15 is-running', '4:15 is-running'])
  expect(shown(anIncident(), 65)[0]).toBe('+0:05 is-overdue')
})

test('a stage that was attained shows how long it took; one that was given up shows nothing', () => {
  const attained = { kind: 'stage-attained', seconds: 70, stage: 1, in_time: false }
  const incident = anIncident([attained, { kind: 'incident-cleared', seconds: 80, outcome: 'resolved' }])
  expect(shown(incident, 999)).toEqual(['1:10 is-attained-late', '– is-given-up', '– is-given-up'])
})
