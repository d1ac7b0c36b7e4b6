import type OlMap from 'ol/Map'
import { unByKey } from 'ol/Observable'

import { serverClock } from '../api/server-clock'
import { following } from '../live/following'
import { useUnits, type Drawn } from '../stores/units'
import type { Box, UnitFilter } from '../units/unit-filter'
import { boxOf } from './city-map'
import { currentColours } from './colours'
import { boxToAskFor } from './subscription'

/** Drawn beyond the edges, so that a short move shows no gap. */
const MORE = 0.3
const APART_PX = 58
const APART_NEAR_PX = 34
const SINGLES_FROM_ZOOM = 13.5
const WHILE_MOVING_MS = 160
const SETTLED_MS = 600

/** Keeps the worker drawing, and the stream sending, what the map looks at. */
export class UnitsOnMap {
  private asked: Box | null = null
  private movingTimer: ReturnType<typeof setTimeout> | null = null
  private settledTimer: ReturnType<typeof setTimeout> | undefined
  private readonly keys

  constructor(
    private readonly map: OlMap,
    private readonly wanted: () => { filter: UnitFilter; reach: boolean },
    private readonly hear: (drawn: Drawn) => void,
  ) {
    this.keys = [
      map.getView().on('change', () => { this.movingTimer ??= setTimeout(() => { this.look() }, WHILE_MOVING_MS) }),
      map.on('moveend', () => { this.settled() }),
    ]
  }

  /** Look again: at another part, or for others. */
  look(): void {
    if (this.movingTimer !== null) clearTimeout(this.movingTimer)
    this.movingTimer = null
    const { filter, reach } = this.wanted()
    const zoom = this.map.getView().getZoom()
    if (zoom === undefined) return
    const nowS = serverClock.now() / 1000
    useUnits().look({ box: boxOf(this.map, MORE), zoom, apartPx: this.apartPx(), filter, nowS, reach }, this.hear)
  }

  /** Where single units can be told apart, fewer are drawn as one. */
  private apartPx(): number {
    const zoom = this.map.getView().getZoom() ?? 0
    return (zoom < SINGLES_FROM_ZOOM ? APART_PX : APART_NEAR_PX) * currentColours().scale
  }

  stop(): void {
    unByKey(this.keys)
    if (this.movingTimer !== null) clearTimeout(this.movingTimer)
    clearTimeout(this.settledTimer)
    useUnits().look(null)
  }

  private settled(): void {
    this.look()
    clearTimeout(this.settledTimer)
    this.settledTimer = setTimeout(() => {
      this.asked = boxToAskFor(this.asked, boxOf(this.map))
      following.show(this.asked)
    }, SETTLED_MS)
  }
}
