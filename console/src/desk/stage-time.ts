import type { StageClock } from '../incidents/clocks'
import { clockText } from '../formats/time'
import type { Incident } from '../incidents/incident'

/** Behind this a running clock is shown as pressing. */
const PRESSING_S = 30

/** What a stage's clock shows: what is left or over, or how long it took from the report. */
export function stageTime(incident: Incident, clock: StageClock): string {
  const { stage, state, leftS } = clock
  if (stage.attained_at !== null) {
    return clockText((Date.parse(stage.attained_at) - Date.parse(incident.reported_at)) / 1000)
  }
  if (state === 'given-up') return '–'
  return state === 'overdue' ? `+${clockText(Math.abs(leftS))}` : clockText(leftS)
}

/** The class by which it is coloured. */
export function stageTone(clock: StageClock): string {
  return clock.state === 'running' && clock.leftS <= PRESSING_S ? 'is-pressing' : `is-${clock.state}`
}
