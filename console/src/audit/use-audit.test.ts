import { afterEach, beforeAll, beforeEach, afterAll, expect, test, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'

import { fetchOfHeaders, settled, type Asking } from '../api/fixtures'
import { startNow } from '../formats/now'
import { useAudit } from './use-audit'

const DAY_MS = 86_400_000

let scope: EffectScope
let asked: Asking[]
const address = shallowRef<Record<string, string>>({})

beforeAll(() => {
  vi.useFakeTimers()
  startNow()
})
afterAll(() => { vi.useRealTimers() })
beforeEach(async () => {
  vi.setSystemTime(new Date(2026, 2, 1, 23, 59))
  await vi.advanceTimersByTimeAsync(1_000)
  const server = fetchOfHeaders()
  asked = server.asked
  vi.stubGlobal('fetch', vi.fn(server.fetch))
  address.value = {}
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

const opened = () => scope.run(() => useAudit(() => address.value))!
const days = () => asked.map(({ path }) => path.replace(/.*from=(.*)&to=([^&]*).*/, '$1 $2'))

async function untilTomorrow(): Promise<void> {
  vi.setSystemTime(Date.now() + DAY_MS)
  await vi.advanceTimersByTimeAsync(1_000)
}

test('at midnight nothing is read by itself; refreshed, it is that of the new day', async () => {
  const audit = opened()
  await settled()
  await asked[0]!.come([])
  await untilTomorrow()
  expect(days()).toEqual(['2026-02-23 2026-03-02'])
  audit.refresh()
  await settled()
  expect(days()).toEqual(['2026-02-23 2026-03-02', '2026-02-24 2026-03-03'])
  expect(audit.asked.value.to).toBe('2026-03-02')
})

test('what is refreshed the same day, or has its days in the address, is read once', async () => {
  address.value = { from: '2026-02-01', to: '2026-02-02' }
  const { refresh } = opened()
  await settled()
  await untilTomorrow()
  refresh()
  await settled()
  expect(days()).toEqual(['2026-02-01 2026-02-03', '2026-02-01 2026-02-03'])
})

test('an address that asks for the same is not read again', async () => {
  opened()
  await settled()
  await asked[0]!.come([])
  address.value = { from: '2026-02-23', to: '2026-03-01' }
  await settled()
  expect(asked).toHaveLength(1)
  address.value = { refused: '1' }
  await settled()
  expect(asked).toHaveLength(2)
})

test('what comes late of another question does not stand under this one', async () => {
  const { list, isReading } = opened()
  await settled()
  address.value = { actor: 'busy' }
  await settled()
  await asked[0]!.come([{ number: 1 }])
  expect([list.value, isReading.value]).toEqual([[], true])
  await asked[1]!.come([{ number: 2 }])
  expect([list.value, isReading.value]).toEqual([[{ number: 2 }], false])
})
