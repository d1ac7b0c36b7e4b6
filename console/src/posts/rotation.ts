/** Behind its time a code counts one step of 30 s longer; who scans it must have time left to send it. */
const SHOWN_BEHIND_MS = 15_000
/** The server's time is known to half a second. */
const AFTER_MS = 600
const AGAIN_MS = 1_000
const AFTER_FAILURE_MS = 3_000
const AFTER_REFUSAL_MS = 30_000

/** Milliseconds until the next code is asked for, after one that is valid until `validUntil`. */
export function nextIn(validUntil: number, now: number): number {
  return validUntil > now ? validUntil - now + AFTER_MS : AGAIN_MS
}

/** After no answer at all (status 0) or a fault of the service it is asked soon again; a refusal will seldom change. */
export function againIn(status: number): number {
  return status >= 400 && status < 500 ? AFTER_REFUSAL_MS : AFTER_FAILURE_MS
}

/** Whether a code may still be shown: a stale one would be scanned in vain. */
export function isShown(validUntil: number, now: number): boolean {
  return now < validUntil + SHOWN_BEHIND_MS
}
