import { isText, t } from './language'

/** What helps: `scan` the post's code anew, try the same `again`, log in. */
export type Remedy = 'scan' | 'again' | 'login' | 'call' | null

/** A problem in plain words: what is the matter, and what to do. */
export interface Words {
  what: string
  advice: string
  remedy: Remedy
}

const REMEDIES: Readonly<Record<string, Remedy>> = {
  'code-expired': 'scan',
  'code-invalid': 'scan',
  'code-replayed': 'scan',
  'time-in-future': 'scan',
  'not-a-member': 'scan',
  'unknown-unit': 'scan',
  'outside-geofence': 'again',
  'location-refused': 'again',
  'location-unavailable': 'again',
  'location-timeout': 'again',
  'session-ended': 'login',
  'no-station': 'call',
}

/** The words for a problem's code; of one that is not known here, the server's own title in the person's language. */
export function wordsFor(code: string, title = ''): Words {
  const [what, advice] = [`problem.${code}`, `problem.${code}.do`]
  if (isText(what) && isText(advice)) return { what: t(what), advice: t(advice), remedy: REMEDIES[code] ?? null }
  return { what: title || t('problem.unavailable'), advice: '', remedy: null }
}
