/** For tests: incidents as their events make them. */

import { fold } from '../incidents/fold'
import type { Incident, IncidentEvent } from '../incidents/incident'

export const START = Date.parse('2026-03-01T18:02:00Z')
export const STATION = '440106001'
export const PATH = `/440100/440106/${STATION}`

/** RFC 3339, `seconds` after the start. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString()
}

export interface Step {
  kind: string
  seconds: number
  [field: string]: unknown
}

const stage = (number: number, attainedBy: string, assignee: string) => ({
  number, meaning: '自救 / Self-rescue', starts_after_s: 0, due_after_s: number * 60, attained_by: attainedBy, need: { assignee, count: 1 },
})

/** An incident of class rescue at one of the district's stations, after `steps`. */
export function anIncident(steps: readonly Step[] = [], first: Record<string, unknown> = {}): Incident {
  const reported = {
    kind: 'incident-reported', seconds: 0, by: 'a-1', incident_class: 'rescue', severity: 'serious', location: { lon: 113.3, lat: 23.1 },
    description: '', photo_url: null, source: { kind: 'station', id: STATION }, external_id: null,
    playbook: {
      name: 'p', arrival_radius_m: 150, silence_s: 20, tell: ['station'],
      stages: [stage(1, 'acknowledged', 'unit'), stage(3, 'arrived', 'unit'), stage(5, 'arrived', 'police')],
    },
    ...first,
  }
  const events = [reported, ...steps].map((step, index) => event(index + 1, step as Step))
  return fold(null, events).incident!
}

/** An order to a unit, as an event. */
export function anOrder(id: string, change: Record<string, unknown> = {}): Step {
  return {
    kind: 'order-issued', seconds: 1, order_id: id, round: 1, stage: 1, assignee_kind: 'unit', assignee_id: `u-${id}`,
    assignee_station_id: STATION, role: 'respond', distance_m: 300, eta_s: 200, respond_by: at(20), ...change,
  }
}

export function event(sequence: number, { kind, seconds, ...body }: Step): IncidentEvent {
  const common = { incident_id: 'i-1', station_id: STATION, path: PATH, drill: false, at: at(seconds), by: 'clock' }
  const id = `e-${String(sequence)}`
  return { sequence, id, type: `meu.dispatch.${kind}.v1`, time: at(seconds), data: { ...common, ...body } }
}
