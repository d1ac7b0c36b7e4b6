import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'

import { fetchOfHeaders, settled, type Asking } from '../api/fixtures'
import type { Account } from '../api/session'
import { useSession } from '../stores/session'
import { useExport } from './use-export'

const save = vi.hoisted(() => vi.fn<(content: Blob, fileName: string) => void>())
vi.mock('./save', () => ({ save }))

let scope: EffectScope
let asked: Asking[]

function account(accountId: string): Account {
  return { account_id: accountId, login: 'a', name: 'a', role: 'auditor', path: '/440100', station_id: null, unit_id: null }
}

beforeEach(() => {
  const server = fetchOfHeaders()
  asked = server.asked
  vi.stubGlobal('fetch', vi.fn(server.fetch))
  setActivePinia(createPinia())
  useSession().account = account('auditor-1')
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  save.mockReset()
  vi.unstubAllGlobals()
})

const exporter = () => scope.run(() => useExport<'csv' | 'xlsx'>('/figures'))!

async function begun(): Promise<ReturnType<typeof exporter>> {
  const found = exporter()
  void found.download({ from: '2026-01-01' }, 'csv', 'figures')
  await settled()
  expect(found.running.value).toBe('csv')
  return found
}

test('what is answered is saved under its name', async () => {
  const { running, problem } = await begun()
  await asked[0]!.come('rows')
  await vi.waitFor(() => { expect(running.value).toBeNull() })
  expect(asked[0]!.path).toBe('/figures?from=2026-01-01&format=csv')
  expect(await save.mock.calls[0]![0].text()).toBe('"rows"')
  expect([save.mock.calls[0]![1], problem.value]).toEqual(['figures.csv', null])
})

test('what cannot be had is said', async () => {
  vi.mocked(fetch).mockRejectedValueOnce(new TypeError('away'))
  const { running, problem, download } = exporter()
  await download({}, 'xlsx', 'figures')
  expect(problem.value).toMatchObject({ code: 'offline' })
  expect([running.value, save.mock.calls]).toEqual([null, []])
})

test.each([
  ['the screen was left', () => { scope.stop() }],
  ['somebody logged out', () => { useSession().account = null }],
  ['another tab’s login was taken over', () => { useSession().account = account('auditor-2') }],
])('it is not saved after %s', async (_, leave) => {
  const { running, problem } = await begun()
  leave()
  await asked[0]!.come('rows')
  expect([running.value, problem.value, save.mock.calls]).toEqual([null, null, []])
})

test('a newer token of the same account stops nothing', async () => {
  await begun()
  useSession().account = account('auditor-1')
  await asked[0]!.come('rows')
  await vi.waitFor(() => { expect(save).toHaveBeenCalledTimes(1) })
})
