import type { DutyState, SiteClass } from '../api/organisation'
import type { Freshness } from '../units/unit-filter'
import { CLASSES, DUTIES } from '../units/unit-table'

export const LAYERS = ['units', 'incidents', 'orders', 'stations', 'reach'] as const
export type LayerName = (typeof LAYERS)[number]
const LAYERS_AT_FIRST: readonly LayerName[] = ['units', 'incidents', 'orders', 'stations']

/** The middle of the view in WGS-84 degrees, and OpenLayers' zoom. */
export interface MapPlace {
  lon: number
  lat: number
  zoom: number
}

/** What a link to the map says: where it looks, at what, and what is chosen. */
export interface MapState {
  /** Null: all that the account sees. */
  place: MapPlace | null
  /** Empty: all. */
  duties: DutyState[]
  classes: SiteClass[]
  /** A node of the organisation: its whole subtree. */
  station: string | null
  freshness: Freshness
  layers: LayerName[]
  unit: string | null
  incident: string | null
}

export const MAP_AT_FIRST: MapState = {
  place: null, duties: [], classes: [], station: null, freshness: 'any', layers: [...LAYERS_AT_FIRST], unit: null, incident: null,
}

type Query = Record<string, unknown>

/** The state as a query of the URL; what is as at first is left out. */
export function queryOf(state: MapState): Record<string, string> {
  const { place } = state
  const at = place === null ? '' : `${place.lon.toFixed(5)},${place.lat.toFixed(5)},${place.zoom.toFixed(2)}`
  const isAsAtFirst = state.layers.join() === LAYERS_AT_FIRST.join()
  const given = {
    at,
    duty: state.duties.join(),
    class: state.classes.join(),
    station: state.station ?? '',
    position: state.freshness === 'any' ? '' : state.freshness,
    layers: isAsAtFirst ? '' : state.layers.join() || 'none',
    unit: state.unit ?? '',
    incident: state.incident ?? '',
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

/** The state that a query says. What it does not say, or says wrongly, is as at first. */
export function stateOf(query: Query): MapState {
  const layers = text(query, 'layers')
  const freshness = text(query, 'position')
  return {
    place: placeOf(text(query, 'at')),
    duties: among(text(query, 'duty'), DUTIES),
    classes: among(text(query, 'class'), CLASSES),
    station: text(query, 'station') || null,
    freshness: freshness === 'fresh' || freshness === 'stale' ? freshness : 'any',
    layers: layers === '' ? [...LAYERS_AT_FIRST] : among(layers, LAYERS),
    unit: text(query, 'unit') || null,
    incident: text(query, 'incident') || null,
  }
}

function placeOf(at: string): MapPlace | null {
  const numbers = at.split(',').map(Number)
  const [lon, lat, zoom] = numbers
  if (numbers.length !== 3 || lon === undefined || lat === undefined || zoom === undefined) return null
  const isOnEarth = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22
  return isOnEarth ? { lon, lat, zoom } : null
}

function among<T extends string>(list: string, all: readonly T[]): T[] {
  const said = list.split(',')
  return all.filter((one) => said.includes(one))
}

function text(query: Query, name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}
