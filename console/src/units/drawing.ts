import Supercluster from 'supercluster'

import { positionAgeS, type UnitFilter, type Box, selected } from './unit-filter'
import type { UnitTable } from './unit-table'

/** Above this zoom each unit stands for itself. */
const CLUSTERS_UNTIL_ZOOM = 15.5
const LEVEL_MAX = 16
const FEWEST = 3
const NAMES_MAX = 150
const NAMES_FROM_ZOOM = 16

/** What the map looks at. */
export interface Look {
  box: Box
  zoom: number
  /** Units nearer to one another than this, in pixels, are drawn as one. */
  apartPx: number
  filter: UnitFilter
  /** The server's time, seconds. */
  nowS: number
  /** Whether the places of all units on duty are wanted as well, to draw how far they reach. */
  reach: boolean
}

/**
 * What is to be drawn, an array an attribute, so that it is handed over without a copy.
 *
 * Each entry is a unit (`counts` 1) or a cluster of several.
 */
export interface Drawing {
  /** EPSG:3857 metres, x and y in turn. */
  places: Float64Array
  counts: Uint32Array
  /** Of a cluster: how many of its units are on duty, and how many below their quorum. */
  on: Uint32Array
  short: Uint32Array
  /** Of a unit: its index in the table; of a cluster: 0. */
  refs: Uint32Array
  /** Of a unit, indices as in the table. */
  duties: Uint8Array
  classes: Uint8Array
  busy: Uint8Array
  /** Of a unit: people on duty by the quorum, 0 to 4 quarters. */
  quarters: Uint8Array
  /** Of a unit: seconds since its position was heard; -1: none expected; Infinity: never. */
  ages: Float32Array
  /** Names, entry by entry, where few enough are seen; else none. */
  names: string[]
  /** Of all units on duty in the box, x and y in turn; empty unless asked for. */
  reach: Float64Array
}

interface Counted { at: number; on: number; short: number }

type Index = Supercluster<Counted, Omit<Counted, 'at'>>

/** The units of a look, clustered. */
export function draw(table: UnitTable, look: Look): Drawing {
  const seen = selected(table, look.filter, look.box, look.nowS)
  const level = look.zoom > CLUSTERS_UNTIL_ZOOM ? LEVEL_MAX : Math.round(look.zoom)
  const entries = clustered(table, seen, level, look).getClusters([...look.box], level + (level === LEVEL_MAX ? 1 : 0))
  const drawing = emptyDrawing(entries.length)
  entries.forEach((entry, position) => {
    const [lon, lat] = entry.geometry.coordinates as [number, number]
    drawing.places[2 * position] = mercatorX(lon)
    drawing.places[2 * position + 1] = mercatorY(lat)
    if ('cluster' in entry.properties) {
      drawing.counts[position] = entry.properties.point_count
      drawing.on[position] = entry.properties.on
      drawing.short[position] = entry.properties.short
    } else {
      putUnit(drawing, position, table, entry.properties.at, look.nowS)
    }
  })
  if (look.zoom >= NAMES_FROM_ZOOM && entries.length <= NAMES_MAX) {
    drawing.names = Array.from(drawing.refs, (ref, position) => (drawing.counts[position] === 1 ? table.names[ref]! : ''))
  }
  if (look.reach) drawing.reach = reachOf(table, seen)
  return drawing
}

/** The buffers that are handed over. */
export function buffersOf(drawing: Drawing): ArrayBuffer[] {
  return Object.values(drawing).filter(ArrayBuffer.isView).map((view) => view.buffer as ArrayBuffer)
}

/** Only the level that is looked at; its radius is as many pixels as wanted at the zoom between levels, too. */
function clustered(table: UnitTable, seen: readonly number[], level: number, look: Look): Index {
  const index: Index = new Supercluster({
    minZoom: level,
    maxZoom: level,
    radius: look.apartPx * 2 ** (level - look.zoom),
    extent: 256,
    minPoints: FEWEST,
    map: ({ on, short }) => ({ on, short }),
    reduce: (sum, { on, short }) => {
      sum.on += on
      sum.short += short
    },
  })
  return index.load(seen.map((at) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [table.lons[at]!, table.lats[at]!] },
    properties: { at, on: table.duties[at] === 2 ? 1 : 0, short: table.duties[at] === 1 ? 1 : 0 },
  })))
}

function putUnit(drawing: Drawing, position: number, table: UnitTable, at: number, nowS: number): void {
  drawing.counts[position] = 1
  drawing.refs[position] = at
  drawing.duties[position] = table.duties[at]!
  drawing.classes[position] = table.classes[at]!
  drawing.busy[position] = table.busy[at]!
  drawing.quarters[position] = Math.min(4, Math.floor((4 * table.members[at]!) / Math.max(1, table.quorums[at]!)))
  drawing.ages[position] = positionAgeS(table, at, nowS)
}

function reachOf(table: UnitTable, seen: readonly number[]): Float64Array {
  const onDuty = seen.filter((at) => table.duties[at] === 2)
  const places = new Float64Array(2 * onDuty.length)
  onDuty.forEach((at, position) => {
    places[2 * position] = mercatorX(table.lons[at]!)
    places[2 * position + 1] = mercatorY(table.lats[at]!)
  })
  return places
}

function emptyDrawing(count: number): Drawing {
  return {
    places: new Float64Array(2 * count),
    counts: new Uint32Array(count),
    on: new Uint32Array(count),
    short: new Uint32Array(count),
    refs: new Uint32Array(count),
    duties: new Uint8Array(count),
    classes: new Uint8Array(count),
    busy: new Uint8Array(count),
    quarters: new Uint8Array(count),
    ages: new Float32Array(count),
    names: [],
    reach: new Float64Array(0),
  }
}

const EARTH_M = 6378137

function mercatorX(lon: number): number {
  return (lon * Math.PI * EARTH_M) / 180
}

function mercatorY(lat: number): number {
  return EARTH_M * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))
}
