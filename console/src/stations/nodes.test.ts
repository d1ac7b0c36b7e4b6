import { expect, test } from 'vitest'

import type { Station } from '../api/organisation'
import { nodesOf } from './nodes'

const station = (station_id: string, name: string, path: string): Station => ({
  station_id, name, path, level: 'station', parent_id: null, location: { lon: 0, lat: 0 },
})

test('parents come before children; a path that only begins alike is no parent', () => {
  const nodes = nodesOf([
    station('440106001', '车陂派出所', '/440100/440106/440106001'),
    station('440105', '海珠区分局', '/440100/440105'),
    station('440106', '天河区分局', '/440100/440106'),
    station('4401061', '别处', '/440100/4401061'),
  ])
  expect(nodes.map(({ trail, depth }) => [trail, depth])).toEqual([
    ['海珠区分局', 0], ['天河区分局', 0], ['天河区分局 车陂派出所', 1], ['别处', 0],
  ])
})
