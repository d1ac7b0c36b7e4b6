/** What a person does, as the request that says it. */

import { multipart } from './multipart'
import { asLocation, type Fix } from './place'
import type { Act, Draft, Lane } from './store'

export interface Scan {
  code: string
  unit: string | null
  post: string | null
  /** When the phone read the code, by the server's clock. */
  scanned_at: number
}

export type SosClass = 'serious-violence' | 'rescue' | 'accident' | 'public-order'

export function checkIn(unit_id: string, scan: Scan, pin: string | null, fix: Fix): Draft {
  const scanned_at = new Date(scan.scanned_at).toISOString()
  const body = { unit_id, code: scan.code, ...(pin ? { pin } : {}), location: asLocation(fix), scanned_at }
  return json('duty', { kind: 'check-in', about: { code: scan.code } }, '/checkin/v1/check-ins', body)
}

export function checkOut(unit_id: string): Draft {
  return json('duty', { kind: 'check-out', about: {} }, '/checkin/v1/check-outs', { unit_id })
}

export function sos(incident_class: SosClass, fix: Fix, description: string): Draft {
  const about = { class: incident_class }
  const body = { class: incident_class, severity: 'critical', location: asLocation(fix), description }
  return json('sos', { kind: 'sos', about }, '/dispatch/v1/incidents', body)
}

/** The answer to an order. `fix` null with an arrival: the person says so, and the position is of no use. */
export function answerOrder(
  kind: 'acknowledge' | 'decline' | 'arrive',
  incident_id: string,
  order_id: string,
  said: { reason?: string; fix?: Fix | null },
): Draft {
  const path = `/dispatch/v1/incidents/${encodeURIComponent(incident_id)}/orders/${encodeURIComponent(order_id)}/${kind}`
  const manual = kind === 'arrive' && !said.fix
  const about = { incident_id, order_id, ...(manual ? { manual } : {}) }
  return json('order', { kind, about }, path, answerBody(kind, said))
}

export function read(message_id: string): Draft {
  const path = `/notify/v1/inbox/${encodeURIComponent(message_id)}/acknowledge`
  return json('message', { kind: 'read', about: { message_id } }, path, {})
}

export async function hazard(
  unit_id: string,
  told: { kind: string; note: string; fix: Fix; photo: Blob | null; found_at: number },
  boundary: string,
): Promise<Draft> {
  const { lon, lat, accuracy_m, crs } = asLocation(told.fix)
  const place = { lon: String(lon), lat: String(lat), crs, accuracy_m: String(accuracy_m) }
  const found_at = new Date(told.found_at).toISOString()
  const fields = { kind: told.kind, note: told.note, ...place, unit_id, found_at }
  const file = told.photo && { field: 'photo', name: 'photo.jpg', content: told.photo }
  const { type, body } = await multipart(fields, file, boundary)
  const act: Act = { kind: 'hazard', about: { class: told.kind } }
  return { act, lane: 'hazard', path: '/checkin/v1/hazards', type, body }
}

function answerBody(kind: 'acknowledge' | 'decline' | 'arrive', said: { reason?: string; fix?: Fix | null }): object {
  if (kind === 'decline') return { reason: said.reason ?? 'unavailable' }
  if (kind === 'acknowledge') return {}
  return said.fix ? { location: asLocation(said.fix) } : { manual: true }
}

function json(lane: Lane, act: Act, path: string, body: object): Draft {
  return { act, lane, path, type: 'application/json', body: JSON.stringify(body) }
}
