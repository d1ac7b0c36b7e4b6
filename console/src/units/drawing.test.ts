import { fromLonLat } from 'ol/proj'
import { expect, test } from 'vitest'

import { buffersOf, draw, type Look } from './drawing'
import { ALL_UNITS, positionAgeS, selected, type Box, type UnitFilter } from './unit-filter'
import { UnitTable } from './unit-table'

const NOW_S = 1_800_000_000
const CITY: Box = [113, 23, 113.4, 23.4]

/** Ten units 30 m apart in one place, and two alone. */
function city(): UnitTable {
  const table = new UnitTable()
  const row = (id: string, lon: number, duty: string, members: number, seen: number | null, site = 'B', station = 's-1') => (
    [id, id, site, station, lon, 23.1, duty, members, 2, seen, null]
  )
  const together = Array.from({ length: 10 }, (_, at) => row(`t-${String(at)}`, 113.1 + at * 0.0003, at < 6 ? 'on' : 'off', at < 6 ? 2 : 0, NOW_S))
  const alone = [row('short', 113.2, 'short', 1, NOW_S - 4000, 'A', 's-2'), row('unheard', 113.3, 'on', 5, null, 'D')]
  table.replace({ at: '', rows: [...together, ...alone] })
  return table
}

const look = (zoom: number, more: Partial<Look> = {}): Look => (
  { box: CITY, zoom, apartPx: 58, filter: ALL_UNITS, nowS: NOW_S, reach: false, ...more }
)

test('units together are one cluster with its shares; from far away all are', () => {
  const drawing = draw(city(), look(11))
  expect([...drawing.counts].sort((a, b) => a - b)).toEqual([1, 1, 10])
  const cluster = drawing.counts.indexOf(10)
  expect([drawing.on[cluster], drawing.short[cluster]]).toEqual([6, 0])
  expect([...draw(city(), look(5)).counts]).toEqual([12])
})

test('every unit of the box is drawn once, at whatever zoom', () => {
  for (let zoom = 5; zoom < 20; zoom += 0.25) {
    const { counts } = draw(city(), look(zoom))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12)
  }
})

test('from near each unit stands for itself, with what its symbol shows', () => {
  const table = city()
  const drawing = draw(table, look(16))
  expect(new Set(drawing.counts)).toEqual(new Set([1]))
  const at = [...drawing.refs].findIndex((ref) => table.ids[ref] === 'short')
  expect([drawing.duties[at], drawing.classes[at], drawing.quarters[at], drawing.ages[at]]).toEqual([1, 0, 2, 4000])
  expect(drawing.names[at]).toBe('short')
})

test('places are Web Mercator metres', () => {
  const table = new UnitTable()
  table.replace({ at: '', rows: [['u', 'u', 'A', 's', 113.1, 23.1, 'on', 1, 1, null, null]] })
  const [x, y] = draw(table, look(16)).places
  const [olX, olY] = fromLonLat([113.1, 23.1])
  expect(x).toBeCloseTo(olX!, 3)
  expect(y).toBeCloseTo(olY!, 3)
})

test('the places of units on duty are told when asked for, clustered or not', () => {
  expect(draw(city(), look(11)).reach).toHaveLength(0)
  expect(draw(city(), look(11, { reach: true })).reach).toHaveLength(2 * 7)
})

test('what is handed over is only arrays of numbers and short lists of names', () => {
  const drawing = draw(city(), look(11))
  expect(buffersOf(drawing)).toHaveLength(Object.keys(drawing).length - 1)
  expect(drawing.names).toEqual([])
})

const ids = (filter: Partial<UnitFilter>, box: Box = CITY) => {
  const table = city()
  return selected(table, { ...ALL_UNITS, ...filter }, box, NOW_S).map((at) => table.ids[at])
}

test.each<[Partial<UnitFilter>, number]>([
  [{}, 12], [{ duties: ['on'] }, 7], [{ duties: ['short', 'off'] }, 5], [{ classes: ['A', 'D'] }, 2], [{ stations: ['s-2'] }, 1],
  [{ stations: [] }, 0], [{ freshness: 'fresh' }, 6], [{ freshness: 'stale' }, 2], [{ duties: ['on'], freshness: 'stale' }, 1],
])('the filter %j admits %i units', (filter, count) => {
  expect(ids(filter)).toHaveLength(count)
})

test('only units of the box are looked at', () => {
  expect(ids({}, [113.15, 23, 113.25, 23.4])).toEqual(['short'])
})

test('a unit that is gone is not drawn', () => {
  const table = city()
  table.remove(['t-0', 'short'])
  expect(draw(table, look(5)).counts[0]).toBe(10)
})

test('who has nobody on duty has no position to wait for; one never heard is older than any', () => {
  const table = city()
  const age = (id: string) => positionAgeS(table, table.ids.indexOf(id), NOW_S)
  expect([age('t-9'), age('t-0'), age('short'), age('unheard')]).toEqual([-1, 0, 4000, Number.POSITIVE_INFINITY])
})
