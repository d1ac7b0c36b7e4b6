import { byUrgency } from '../../incidents/clocks'
import type { Incident } from '../../incidents/incident'
import { fits } from '../../shell/commands'

/** Which incidents the list shows. */
export type Scope = 'all' | 'real' | 'drills'
export const SCOPES: readonly Scope[] = ['all', 'real', 'drills']

/** Exercises stand apart from what is real; what was handed over only waits to be closed. */
export type GroupName = 'open' | 'handed-over' | 'drills'

export interface Group {
  name: GroupName
  /** What is to be looked at first comes first. */
  incidents: Incident[]
}

export interface Wanted {
  scope: Scope
  /** Each word of it must be found in what `wordsOf` says of an incident. */
  text: string
  wordsOf: (incident: Incident) => string[]
}

/** The list's groups at `nowMs` of the server's time; one that holds nothing is left out. */
export function groupsOf(running: readonly Incident[], wanted: Wanted, nowMs: number): Group[] {
  const shown = running
    .filter((incident) => wanted.scope === 'all' || incident.drill === (wanted.scope === 'drills'))
    .filter((incident) => wanted.text === '' || fits(wanted.text, ...wanted.wordsOf(incident)))
    .sort(byUrgency(nowMs))
  const names: readonly GroupName[] = ['open', 'handed-over', 'drills']
  return names
    .map((name) => ({ name, incidents: shown.filter((incident) => groupOf(incident) === name) }))
    .filter(({ incidents }) => incidents.length > 0)
}

function groupOf(incident: Incident): GroupName {
  if (incident.drill) return 'drills'
  return incident.state === 'handed-over' ? 'handed-over' : 'open'
}

/** The incident `by` places behind `currentId` in the list's order; the first where that one is not in the list. */
export function neighbour(groups: readonly Group[], currentId: string | null, by: number): Incident | null {
  const all = groups.flatMap(({ incidents }) => incidents)
  const at = all.findIndex(({ incident_id: id }) => id === currentId)
  if (at < 0) return all[0] ?? null
  return all[Math.min(Math.max(at + by, 0), all.length - 1)] ?? null
}
