import type { Place } from '../api/organisation'

/** A station's units lie around it, in most within this. */
const MARGIN_DEGREES = 0.08

/** West, south, east, north in degrees around stations; null without any. */
export function areaAround(places: readonly Place[]): [number, number, number, number] | null {
  if (places.length === 0) return null
  const [lons, lats] = [places.map(({ lon }) => lon), places.map(({ lat }) => lat)]
  return [
    Math.min(...lons) - MARGIN_DEGREES, Math.min(...lats) - MARGIN_DEGREES,
    Math.max(...lons) + MARGIN_DEGREES, Math.max(...lats) + MARGIN_DEGREES,
  ]
}
