import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'

import { fetchOfHeaders, settled, type Asking } from '../api/fixtures'
import { keyOf, type DutyEntry } from './unit-history'
import { useUnitHistory } from './use-unit-history'

const OF_A = '/analytics/v1/units/u-a/history?limit=20'
const OF_B = '/analytics/v1/units/u-b/history?limit=20'
const LAG_MS = 3_000

let scope: EffectScope
let asked: Asking[]
const [unit, lately] = [ref('u-a'), ref<string | null>('on,2')]

function page(...sequences: number[]): { items: DutyEntry[] } {
  const rest = { kind: 'duty', came: 1, left: 0, lapsed: 0, before: null, state: 'on', on_duty: 2, quorum: 2 } as const
  return { items: sequences.map((sequence) => ({ ...rest, sequence, at: '2026-03-01T16:00:00Z' })) }
}

beforeEach(() => {
  vi.useFakeTimers()
  const server = fetchOfHeaders()
  asked = server.asked
  vi.stubGlobal('fetch', vi.fn(server.fetch))
  ;[unit.value, lately.value] = ['u-a', 'on,2']
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const opened = () => scope.run(() => useUnitHistory(() => unit.value, () => lately.value))!
const paths = () => asked.map((one) => one.path)

test('what comes late of one unit does not stand under another', async () => {
  const { entries, next, isReading } = opened()
  await settled()
  unit.value = 'u-b'
  await settled()
  await asked[0]!.come(page(9))
  expect([entries.value, next.value, isReading.value]).toEqual([[], null, true])
  await asked[1]!.come(page(1))
  expect([entries.value.map(keyOf), next.value]).toEqual([['duty-1'], '/next/2'])
})

test('another unit is read once, though what it does lately is not what the one before did', async () => {
  opened()
  await settled()
  await asked[0]!.come(page(1))
  ;[unit.value, lately.value] = ['u-b', 'short,1']
  await settled()
  await asked[1]!.come(page(2))
  await vi.advanceTimersByTimeAsync(10 * LAG_MS)
  expect(paths()).toEqual([OF_A, OF_B])
})

test('what happened is read a moment later, and goes before what is shown', async () => {
  const { entries, next } = opened()
  await settled()
  await asked[0]!.come(page(2, 1))
  lately.value = 'on,3'
  await settled()
  await vi.advanceTimersByTimeAsync(LAG_MS - 1)
  expect(paths()).toEqual([OF_A])
  await vi.advanceTimersByTimeAsync(1)
  await asked[1]!.come(page(3, 2))
  expect([entries.value.map(keyOf), next.value]).toEqual([['duty-3', 'duty-2', 'duty-1'], '/next/1'])
})

test('what becomes known of the unit is nothing that happened', async () => {
  lately.value = null
  opened()
  await settled()
  lately.value = 'on,2'
  await settled()
  await vi.advanceTimersByTimeAsync(10 * LAG_MS)
  expect(paths()).toEqual([OF_A])
})

test('more that is being read is waited for', async () => {
  const { entries, readMore } = opened()
  await settled()
  await asked[0]!.come(page(2))
  lately.value = 'on,3'
  await settled()
  void readMore()
  await vi.advanceTimersByTimeAsync(10 * LAG_MS)
  expect(paths()).toEqual([OF_A, '/next/1'])
  await asked[1]!.come(page(1))
  expect(paths()).toEqual([OF_A, '/next/1', OF_A])
  await asked[2]!.come(page(3, 2))
  expect(entries.value.map(keyOf)).toEqual(['duty-3', 'duty-2', 'duty-1'])
})

test.each([
  ['another unit is', () => { unit.value = 'u-b' }, [OF_A, OF_B]],
  ['the panel was closed', () => { scope.stop() }, [OF_A]],
])('what happened to a unit is not read once %s', async (_, leave, read) => {
  opened()
  await settled()
  await asked[0]!.come(page(1))
  lately.value = 'on,3'
  await settled()
  leave()
  await settled()
  await asked[1]?.come(page(5))
  await vi.advanceTimersByTimeAsync(10 * LAG_MS)
  expect(paths()).toEqual(read)
})
