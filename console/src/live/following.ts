import { session } from '../api'
import { serverClock } from '../api/server-clock'
import type { IncidentEvent } from '../incidents/incident'
import { useConnection } from '../stores/connection'
import { useIncidents } from '../stores/incidents'
import { useStations } from '../stores/stations'
import { useUnits } from '../stores/units'
import { LiveStream, type StreamEvent, type StreamState } from './stream'

const LOAD_ANYWAY_MS = 3_000
const AGAIN_MS = 5_000
/** Where nobody looks, no changes are sent: so often units are all read anew, and after the stream was away. */
const UNITS_ANEW_MS = 120_000

/** The tab's one stream, and the stores that it carries on. From `start` until `stop`, for accounts of operations. */
class Following {
  private readonly stream = new LiveStream({
    tokens: session,
    onEvent: (event) => { this.hear(event) },
    onGap: () => { this.needsLoad = true },
    onState: (state) => { this.notice(state) },
    onByte: () => { useConnection().heardAt = serverClock.now() },
  })
  private needsLoad = true
  private timer: ReturnType<typeof setTimeout> | undefined
  private unitsTimer: ReturnType<typeof setInterval> | undefined
  private wasAway = false

  start(): void {
    this.needsLoad = true
    this.stream.start()
    void this.again(() => useStations().load())
    void this.again(() => useUnits().load())
    this.timer = setTimeout(() => { void this.again(() => useIncidents().load()) }, LOAD_ANYWAY_MS)
    this.unitsTimer = setInterval(() => { this.readUnits() }, UNITS_ANEW_MS)
    window.addEventListener('online', this.hurry)
  }

  stop(): void {
    clearTimeout(this.timer)
    clearInterval(this.unitsTimer)
    window.removeEventListener('online', this.hurry)
    this.stream.stop()
    for (const store of [useIncidents(), useUnits(), useStations()]) store.forget()
  }

  /** The part of the map that is looked at: west, south, east, north in degrees; null: none. */
  show(view: readonly [number, number, number, number] | null): void {
    this.stream.show(view)
  }

  private readonly hurry = () => { this.stream.hurry() }

  private hear(event: StreamEvent): void {
    if (event.name === 'units') useUnits().apply(event.data)
    else useIncidents().apply(JSON.parse(event.data) as IncidentEvent)
  }

  private notice(state: StreamState): void {
    useConnection().state = state
    if (state === 'reconnecting') this.wasAway = true
    if (state === 'live' && this.wasAway) {
      this.wasAway = false
      this.readUnits()
    }
    if (state !== 'live' || !this.needsLoad) return
    this.needsLoad = false
    clearTimeout(this.timer)
    void this.again(() => useIncidents().load())
  }

  private readUnits(): void {
    useUnits().load().catch(() => undefined) // what is there stays, and says how old it is
  }

  /** `work`, until it has succeeded or nobody is logged in any more. */
  private async again(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await work()
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
        if (useConnection().state === 'stopped') return
      }
    }
  }
}

export const following = new Following()
