import { expect, test } from 'vitest'

import type { Station } from '../api/organisation'
import { branchesOf, shortUnitsOf, unfolded, wantedOf, type Shortfall, type StationDuty, type Why } from './board'

const node = (station_id: string, name: string, path: string): Station => ({
  station_id, name, path, level: 'station', parent_id: null, location: { lon: 113.3, lat: 23.1 },
})
const TREE = [
  node('440100', '广州', '/440100'),
  node('440106', '天河', '/440100/440106'),
  node('440106001', '车陂', '/440100/440106/440106001'),
  node('440106002', '岗顶', '/440100/440106/440106002'),
  node('440105', '海珠', '/440100/440105'),
]

function short(unit_id: string, siteClass: Shortfall['class'], why: Why, more: Partial<Shortfall> = {}): Shortfall {
  return { unit_id, name: `单元${unit_id}`, class: siteClass, quorum: 3, on_duty: [], missing: [], missing_total: 0, why, ...more }
}

function duty(at: Station, counts: readonly [number, number, number, number], shortfalls: Shortfall[] = []): StationDuty {
  const [on, short_, off, people_on] = counts
  return { station_id: at.station_id, name: at.name, path: at.path, units: on + short_ + off, on, short: short_, off, people_on, shortfalls }
}

const ITEMS = [duty(TREE[2]!, [5, 1, 2, 20]), duty(TREE[3]!, [3, 0, 0, 9])]

test('a district counts what its stations count, parents before children', () => {
  const branches = branchesOf(TREE, ITEMS)
  expect(branches.map(({ station, depth, units, on, peopleOn }) => [station.name, depth, units, on, peopleOn])).toEqual([
    ['广州', 0, 11, 8, 29], ['海珠', 1, 0, 0, 0], ['天河', 1, 11, 8, 29], ['车陂', 2, 8, 5, 20], ['岗顶', 2, 3, 3, 9],
  ])
  expect(branches.filter(({ isBranch }) => isBranch).map(({ station }) => station.name)).toEqual(['广州', '天河'])
})

test('a path that only begins alike is another station', () => {
  const other = node('4401061', '别处', '/440100/4401061')
  expect(branchesOf([TREE[1]!, other], [duty(other, [1, 0, 0, 1])]).map(({ units }) => units)).toEqual([0, 1])
})

test('stations stand alone until the tree is known', () => {
  expect(branchesOf([], ITEMS).map(({ station, depth }) => [station.name, depth])).toEqual([['车陂', 0], ['岗顶', 0]])
})

test('a closed branch hides what is below it, and itself stays', () => {
  const left = unfolded(branchesOf(TREE, ITEMS), new Set(['/440100/440106']))
  expect(left.map(({ station }) => station.name)).toEqual(['广州', '海珠', '天河'])
})

test('over all stations the gravest come first: class A with nobody; what is suspended comes last', () => {
  const items = [
    duty(TREE[2]!, [0, 1, 3, 1], [short('u1', 'D', 'nobody'), short('u2', 'A', 'below-quorum'), short('u3', 'A', 'suspended')]),
    duty(TREE[3]!, [0, 0, 1, 0], [short('u4', 'A', 'lease-ended')]),
  ]
  expect(shortUnitsOf(items).map(({ unit_id }) => unit_id)).toEqual(['u4', 'u2', 'u1', 'u3'])
})

test('units are found by name, id, station and people, and by why and class together', () => {
  const there = { member_id: 'm', name: '李*', post_id: 'p', post_name: '东门', until: '2026-03-01T10:00:00Z' }
  const units = shortUnitsOf([duty(TREE[2]!, [0, 1, 1, 1], [
    short('u1', 'A', 'below-quorum', { on_duty: [there], missing: [{ member_id: 'n', name: '陈**' }] }),
    short('u2', 'B', 'nobody'),
  ])])
  const found = (text: string, why: Why | null = null, siteClass: Shortfall['class'] | null = null) => (
    wantedOf(units, { text, why, siteClass }).map(({ unit_id }) => unit_id)
  )
  expect([found(' U2 '), found('李'), found('陈'), found('东门')]).toEqual([['u2'], ['u1'], ['u1'], ['u1']])
  expect([found('车陂'), found('车陂', 'nobody'), found('', 'nobody', 'A')]).toEqual([['u1', 'u2'], ['u2'], []])
})
