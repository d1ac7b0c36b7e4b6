import type { Incident } from '../../incidents/incident'

/** How an incident's orders stand, counted. */
export interface Glance {
  issued: number
  acknowledged: number
  arrived: number
  /** Declined or not answered: somebody else is being looked for. */
  lost: number
}

export function glanceOf(incident: Incident): Glance {
  const glance: Glance = { issued: 0, acknowledged: 0, arrived: 0, lost: 0 }
  for (const { status } of incident.orders) {
    if (status === 'issued' || status === 'acknowledged' || status === 'arrived') glance[status] += 1
    if (status === 'declined' || status === 'unanswered') glance.lost += 1
  }
  return glance
}

/** Units that the matcher looked for in its last round of each stage and did not find. */
export function missingOf(incident: Incident): number {
  const last = new Map(incident.considered.map(({ stage, missing }) => [stage, missing]))
  const open = incident.stages.filter(({ attained_at: at }) => at === null).map(({ number }) => number)
  return open.reduce((sum, stage) => sum + (last.get(stage) ?? 0), 0)
}
