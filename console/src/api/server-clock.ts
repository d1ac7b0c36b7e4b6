/**
 * What time it is at the server: stages' clocks must run by it, not by a desk's computer that may be minutes off.
 *
 * Learns from the `Date` header of answers (whole seconds): of the answers seen, the one that took least time counts.
 */
export class ServerClock {
  private offsetMs = 0
  private bestMs = Number.POSITIVE_INFINITY
  private readonly local: () => number

  constructor(local: () => number = () => Date.now()) {
    this.local = local
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.local() + this.offsetMs
  }

  /** `date`: the header of an answer to what was asked at `askedMs` by the local clock. */
  learn(date: string | null, askedMs: number): void {
    const told = date === null ? Number.NaN : Date.parse(date)
    const tookMs = this.local() - askedMs
    if (Number.isNaN(told) || tookMs > this.bestMs) return
    this.bestMs = tookMs
    this.offsetMs = told + 500 - (askedMs + tookMs / 2)
  }
}

export const serverClock = new ServerClock()
