import { expect, test } from 'vitest'

import { emptyDraft, faultsOf, isBegun, isHttps, placeIn, questionOf, reportOf, type Draft } from './draft'

const PLACE = { lon: 113.39, lat: 23.125, name: '车陂广场', unit_id: 'u-1' }
const whole = (change: Partial<Draft> = {}): Draft => ({ ...emptyDraft(), class: 'rescue', severity: 'minor', place: PLACE, ...change })

test('nothing is sent while something is missing, and each is named', () => {
  expect(faultsOf(emptyDraft())).toEqual(['class', 'severity', 'place'])
  expect(reportOf(whole({ severity: null }))).toBeNull()
  expect(questionOf(whole({ place: null }))).toBeNull()
  expect(faultsOf(whole({ address: 'x'.repeat(1000), description: 'y'.repeat(3000) }))).toEqual(['description'])
})

test('a whole draft becomes the report; the address is its first line', () => {
  expect(reportOf(whole({ address: ' 车陂路 1 号 ', description: '两人打架\n', drill: true }))).toEqual({
    class: 'rescue', severity: 'minor', location: { lon: 113.39, lat: 23.125, crs: 'wgs84' }, description: '车陂路 1 号\n两人打架', drill: true,
  })
})

test('whom the operator picked is named in the report', () => {
  expect(reportOf(whole(), ['u-2', 'u-3'])).toMatchObject({ units: ['u-2', 'u-3'] })
})

test('what a unit says by radio is reported in its name; a point on the map is nobody’s', () => {
  expect(reportOf(whole({ by_unit: true }))).toMatchObject({ source: { kind: 'unit', id: 'u-1' } })
  expect(reportOf(whole({ by_unit: true, place: { ...PLACE, unit_id: null } }))).not.toHaveProperty('source')
})

test('the matcher is asked as soon as class, severity and place are known', () => {
  expect(questionOf(whole({ description: 'x' }))).toEqual({
    class: 'rescue', severity: 'minor', location: { lon: 113.39, lat: 23.125, crs: 'wgs84' }, drill: false,
  })
})

test('a photo’s link is https or none', () => {
  expect(['https://a.cn/x.jpg', 'http://a.cn/x.jpg', 'javascript:alert(1)', 'https://a.cn/x y', 'x', `https://a.cn/${'x'.repeat(2000)}`].map(isHttps))
    .toEqual([true, false, false, false, false, false])
  expect(faultsOf(whole({ photo_url: 'http://a.cn/x.jpg' }))).toEqual(['photo_url'])
})

test.each([
  ['113.39, 23.125', { lon: 113.39, lat: 23.125 }],
  ['23.125，113.39', { lon: 113.39, lat: 23.125 }],
  [' 13.4 52.5 ', { lon: 13.4, lat: 52.5 }],
  ['200, 23', null],
  ['天河路 208 号', null],
  ['208', null],
])('%s read as coordinates', (text, place) => {
  expect(placeIn(text)).toEqual(place)
})

test('an empty draft is nothing to keep', () => {
  expect([isBegun(emptyDraft()), isBegun(whole())]).toEqual([false, true])
})
