import type { Answer, Json } from './http'

/** What an answer means for the item that was sent. */
export type Verdict =
  | { is: 'final'; ok: boolean; status: number; code: string; title: string; incident_id: string | null }
  /** Durable at the server, not yet decided: ask there. */
  | { is: 'pending'; location: string }
  /** Send it again, after this long at least. */
  | { is: 'again'; after_ms: number }
  /** It had no effect and may have one under another key. */
  | { is: 'anew' }
  /** Nobody is logged in: it stays until somebody is. */
  | { is: 'login' }

/** The verdict on the answer to an item's own request, or to asking after it (`asking`). */
export function verdictOn(answer: Answer, asking: boolean): Verdict {
  if (answer.code === 'session-ended') return { is: 'login' }
  if (answer.code === 'outcome-lost') return { is: 'anew' }
  if (isPassing(answer)) return { is: 'again', after_ms: answer.retry_after_ms ?? 0 }
  if (answer.status === 202) {
    if (asking || answer.location === null) return { is: 'again', after_ms: 1000 }
    return { is: 'pending', location: answer.location }
  }
  const { status, code, title } = answer
  return { is: 'final', ok: status < 300, status, code, title, incident_id: incidentOf(answer.body) }
}

/** What may turn out otherwise next time. Too many PINs is not of that kind: a person has to wait, not a queue. */
function isPassing({ status, code }: Answer): boolean {
  if (status === 0 || status >= 500 || status === 401 || status === 408) return true
  if (status === 429) return code !== 'too-many-attempts'
  return code === 'idempotency-in-flight'
}

function incidentOf(body: Json): string | null {
  const id = body['incident_id'] ?? body['aggregate_id']
  return typeof id === 'string' ? id : null
}
