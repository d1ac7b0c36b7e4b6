import { expect, test } from 'vitest'

import { MAP_AT_FIRST, queryOf, stateOf, type MapState } from './permalink'

const STATE: MapState = {
  place: { lon: 113.39001, lat: 23.125, zoom: 14.25 },
  duties: ['off', 'on'],
  classes: ['A', 'D'],
  station: '440106',
  freshness: 'stale',
  layers: ['units', 'reach'],
  unit: 'u-440106001-00001',
  incident: null,
}

test('a link leads back to the same map', () => {
  expect(stateOf(queryOf(STATE))).toEqual(STATE)
  expect(stateOf(queryOf({ ...STATE, layers: [], unit: null, incident: 'i-1' }))).toEqual({
    ...STATE, layers: [], unit: null, incident: 'i-1',
  })
})

test('the map as at first needs no words', () => {
  expect(queryOf(MAP_AT_FIRST)).toEqual({})
  expect(stateOf({})).toEqual(MAP_AT_FIRST)
})

test.each([
  [{ at: '113,91,3' }], [{ at: '1,2' }], [{ at: 'x,y,z' }], [{ at: '' }], [{ duty: 'asleep' }], [{ class: 'Z' }],
  [{ position: 'old' }], [{ unit: ['a', 'b'] }], [{ layers: '' }],
])('what a link says wrongly is as at first: %j', (query) => {
  expect(stateOf(query)).toEqual(MAP_AT_FIRST)
})
