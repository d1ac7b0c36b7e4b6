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

/** West, south, east, north in degrees; null: none. */
type View = readonly [number, number, number, number] | null

/** The tab's one stream, and the stores that it carries on. From `start` until `stop`, for accounts of operations. */
class Following {
  /** Of this start: one that was stopped may still have something to say. */
  private stream: LiveStream | null = null
  private view: View = null
  private needsLoad = true
  private timer: ReturnType<typeof setTimeout> | undefined
  private unitsTimer: ReturnType<typeof setInterval> | undefined
  private wasAway = false

  start(): void {
    this.needsLoad = true
    this.wasAway = false
    this.stream = this.opened()
    this.stream.show(this.view)
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
    this.stream?.stop()
    this.stream = null
    for (const store of [useIncidents(), useUnits(), useStations()]) store.forget()
  }

  /** The part of the map that is looked at. */
  show(view: View): void {
    this.view = view
    this.stream?.show(view)
  }

  private opened(): LiveStream {
    const ifOwn = <Said extends unknown[]>(hear: (...said: Said) => void) => (...said: Said) => {
      if (stream === this.stream) hear(...said)
    }
    const stream: LiveStream = new LiveStream({
      tokens: session,
      onEvent: ifOwn((event: StreamEvent) => { this.hear(event) }),
      onGap: ifOwn(() => { this.needsLoad = true }),
      onState: ifOwn((state: StreamState) => { this.notice(state) }),
      onByte: ifOwn(() => { useConnection().heardAt = serverClock.now() }),
    })
    return stream
  }

  private readonly hurry = () => { this.stream?.hurry() }

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

  /** `work`, until it has succeeded or nobody is logged in any more, or somebody else. */
  private async again(work: () => Promise<void>): Promise<void> {
    const { stream } = this
    for (;;) {
      try {
        await work()
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
        if (stream !== this.stream || useConnection().state === 'stopped') return
      }
    }
  }
}

export const following = new Following()
