import type { Place } from '../../api/organisation'
import type { IncidentClass, Severity } from '../../incidents/incident'

/** Where it is, and how that is known. */
export interface ChosenPlace extends Place {
  /** A unit's or a station's name; null: a point. */
  name: string | null
  unit_id: string | null
}

/** A report that is being written. */
export interface Draft {
  class: IncidentClass | null
  severity: Severity | null
  place: ChosenPlace | null
  address: string
  description: string
  photo_url: string
  drill: boolean
  /** The unit at the place says it itself, by radio. */
  by_unit: boolean
}

export function emptyDraft(): Draft {
  return {
    class: null, severity: null, place: null, address: '', description: '', photo_url: '', drill: false, by_unit: false,
  }
}

export const DESCRIPTION_MAX = 4000
const PHOTO_MAX = 2000

export type DraftField = 'class' | 'severity' | 'place' | 'description' | 'photo_url'

/** What is missing or wrong, in the form's order; `desk.fault.<field>` has words for it. */
export function faultsOf(draft: Draft): DraftField[] {
  const faults: DraftField[] = []
  if (draft.class === null) faults.push('class')
  if (draft.severity === null) faults.push('severity')
  if (draft.place === null) faults.push('place')
  if (descriptionOf(draft).length > DESCRIPTION_MAX) faults.push('description')
  const photo = draft.photo_url.trim()
  if (photo !== '' && !isHttps(photo)) faults.push('photo_url')
  return faults
}

/** The body of `POST /dispatch/v1/incidents`; null while something is missing or wrong. `units`: asked for by name. */
export function reportOf(draft: Draft, units: readonly string[] = []): Record<string, unknown> | null {
  const { class: incidentClass, severity, place } = draft
  if (incidentClass === null || severity === null || place === null || faultsOf(draft).length > 0) return null
  const photo = draft.photo_url.trim()
  return {
    class: incidentClass,
    severity,
    location: { lon: place.lon, lat: place.lat, crs: 'wgs84' },
    description: descriptionOf(draft),
    drill: draft.drill,
    ...(units.length === 0 ? {} : { units }),
    ...(photo === '' ? {} : { photo_url: photo }),
    ...(draft.by_unit && place.unit_id !== null ? { source: { kind: 'unit', id: place.unit_id } } : {}),
  }
}

/** What the matcher is asked with; null while too little is known. */
export function questionOf(draft: Draft): Record<string, unknown> | null {
  if (draft.class === null || draft.severity === null || draft.place === null) return null
  const { lon, lat } = draft.place
  return { class: draft.class, severity: draft.severity, location: { lon, lat, crs: 'wgs84' }, drill: draft.drill }
}

/** Whether there is anything in it that would be a pity to lose. */
export function isBegun(draft: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(emptyDraft())
}

/** Addresses are told in words: the first line of the description. */
function descriptionOf(draft: Draft): string {
  return [draft.address, draft.description].map((part) => part.trim()).filter((part) => part !== '').join('\n')
}

/** A link that may be shown: whole, and not readable on the way. */
export function isHttps(link: string): boolean {
  if (link.length > PHOTO_MAX || /\s/.test(link)) return false
  try {
    return new URL(link).protocol === 'https:'
  } catch {
    return false
  }
}

const COORDINATES = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/

/** `113.3219, 23.1357` or the other way round, where only one way is possible; null: not coordinates. WGS-84. */
export function placeIn(text: string): Place | null {
  const found = COORDINATES.exec(text)
  if (found === null) return null
  const [one, other] = [Number(found[1]), Number(found[2])]
  if (Math.abs(one) > 90 && Math.abs(one) <= 180 && Math.abs(other) <= 90) return { lon: one, lat: other }
  if (Math.abs(other) > 90 && Math.abs(other) <= 180 && Math.abs(one) <= 90) return { lon: other, lat: one }
  if (Math.abs(one) <= 90 && Math.abs(other) <= 90) return { lon: one, lat: other }
  return null
}
