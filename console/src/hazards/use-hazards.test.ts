import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'

import { fetchOfHeaders, settled, type Asking } from '../api/fixtures'
import type { Hazard, Status } from './hazard'
import { useHazards } from './use-hazards'

const EVERY_MS = 30_000

let scope: EffectScope
let asked: Asking[]
const [status, station] = [ref<Status | null>(null), ref<string | null>(null)]

function hazard(id: string, stage: Status = 'reported'): Hazard {
  return {
    hazard_id: id, status: stage, kind: 'fire', note: '', unit_id: 'u-1', station_id: '440106001', path: '/440100',
    location: { lon: 113, lat: 23 }, accuracy_m: 5, has_photo: false, found_at: '', reported_at: '', reported_by: 'm-2',
    rectified: null, verified: null,
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  const server = fetchOfHeaders()
  asked = server.asked
  vi.stubGlobal('fetch', vi.fn(server.fetch))
  vi.stubGlobal('document', { hidden: false })
  ;[status.value, station.value] = [null, null]
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const opened = () => scope.run(() => useHazards(status, station))!
const paths = () => asked.map((one) => one.path)

test('what was done stays done, though a list comes that was read before', async () => {
  const { list, isReading, put } = opened()
  await settled()
  await asked[0]!.come([hazard('h')])
  await vi.advanceTimersByTimeAsync(EVERY_MS)
  put(hazard('h', 'rectified'))
  await settled()
  await asked[1]!.come([hazard('h')])
  expect(list.value).toEqual([hazard('h', 'rectified')])
  expect(isReading.value).toBe(true)
  await asked[2]!.come([hazard('h', 'verified')])
  expect(list.value).toEqual([hazard('h', 'verified')])
  expect(isReading.value).toBe(false)
})

test('what was done is no reason to read where nothing is being read', async () => {
  const { put } = opened()
  await settled()
  await asked[0]!.come([hazard('h')])
  put(hazard('h', 'rectified'))
  await settled()
  expect(paths()).toHaveLength(1)
})

test('what comes late of one filter does not stand under another', async () => {
  const { list } = opened()
  await settled()
  status.value = 'verified'
  await settled()
  await asked[0]!.come([hazard('h')])
  expect(list.value).toEqual([])
  await asked[1]!.come([hazard('v', 'verified')])
  expect(list.value).toEqual([hazard('v', 'verified')])
  expect(paths()[1]).toBe('/checkin/v1/hazards?status=verified&limit=50')
})

test('it is read anew every 30 s, unless nobody looks, and no longer than it is there', async () => {
  const { readAt } = opened()
  await settled()
  expect(readAt.value).toBeNull()
  await asked[0]!.come([])
  expect(readAt.value).not.toBeNull()
  await vi.advanceTimersByTimeAsync(EVERY_MS)
  await asked[1]!.come([])
  vi.stubGlobal('document', { hidden: true })
  await vi.advanceTimersByTimeAsync(EVERY_MS)
  expect(paths()).toHaveLength(2)
  vi.stubGlobal('document', { hidden: false })
  scope.stop()
  await vi.advanceTimersByTimeAsync(EVERY_MS)
  expect(paths()).toHaveLength(2)
})
