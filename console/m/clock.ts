/** The time as the server has it: a phone whose clock is minutes wrong could not check in otherwise. */

const TELLS_MS = 3000 // an answer's Date has whole seconds, and the answer took its time

/** Follows the server's clock by the `Date` of its answers. */
export class ServerClock {
  /** `offset_ms`: what was known of it when the page was last open. */
  constructor(public offset_ms = 0) {}

  /** Milliseconds since 1970, by the server's clock. */
  now(): number {
    return Date.now() + this.offset_ms
  }

  /** An answer came. True when the phone's clock turned out to be off by another amount than known. */
  observe(date: string | null): boolean {
    const at = date === null ? NaN : Date.parse(date)
    if (Number.isNaN(at)) return false
    const offset = at - Date.now()
    const known = Math.abs(offset) < TELLS_MS ? 0 : offset
    if (Math.abs(known - this.offset_ms) < TELLS_MS) return false
    this.offset_ms = known
    return true
  }
}
