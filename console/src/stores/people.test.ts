import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchEffect } from 'vue'

import { noAnswer, ProblemError } from '../api/problems'
import type { Account } from '../api/session'
import { usePeople, type Person } from './people'
import { useSession } from './session'

const get = vi.hoisted(() => vi.fn<(path: string) => Promise<{ items: Person[] }>>())
vi.mock('../api', () => ({ api: { get }, session: {} }))

const WANG: Person = { id: 'o-1', name: '王测', role: 'officer', unit_id: null, station_id: '440106001' }
const LI: Person = { id: 'm-2', name: '李*', role: 'member', unit_id: 'u-1', station_id: '440106001' }

function account(accountId: string, path = '/440100'): Account {
  return { account_id: accountId, login: accountId, name: accountId, role: 'operator', path, station_id: null, unit_id: null }
}

/** The ids of each request. */
function asked(): string[][] {
  return get.mock.calls.map(([path]) => new URL(path, 'http://any').searchParams.getAll('id'))
}

const soon = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  useSession().account = account('operator-1')
  get.mockResolvedValue({ items: [WANG, LI] })
})
afterEach(() => {
  get.mockReset()
  vi.useRealTimers()
})

test('what is asked for within a tick goes out together, each id once, and what came is known from then on', async () => {
  const people = usePeople()
  for (const id of ['o-1', 'm-2', 'o-1', 'a&id=b']) expect(people.find(id)).toBeNull()
  expect(get).not.toHaveBeenCalled()
  await soon()
  expect(asked()).toEqual([['o-1', 'm-2', 'a&id=b']])
  expect(['o-1', 'm-2', 'a&id=b'].map((id) => people.find(id))).toEqual([WANG, LI, null])
  await soon()
  expect(get).toHaveBeenCalledTimes(1)
})

test('more than a request takes go out in several', async () => {
  const ids = Array.from({ length: 120 }, (_, number) => `m-${String(number)}`)
  for (const id of ids) usePeople().find(id)
  await soon()
  expect(asked().map(({ length }) => length)).toEqual([50, 50, 20])
  expect(asked().flat()).toEqual(ids)
})

test('whoever shows a name is told when it comes', async () => {
  const shown: (string | undefined)[] = []
  const stop = watchEffect(() => { shown.push(usePeople().find('o-1')?.name) }, { flush: 'sync' })
  await soon()
  expect(shown).toEqual([undefined, '王测'])
  stop()
})

test.each([noAnswer('offline'), new ProblemError({ title: '', status: 503, code: 'unavailable' })])(
  'without an answer it is asked again after a while: %s', async (away) => {
    get.mockRejectedValueOnce(away)
    usePeople().find('o-1')
    await soon()
    usePeople().find('o-1')
    await vi.advanceTimersByTimeAsync(29_000)
    expect(get).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(usePeople().find('o-1')).toEqual(WANG)
  },
)

test('where the service refuses, it is not asked again', async () => {
  get.mockRejectedValueOnce(new ProblemError({ title: '', status: 403, code: 'forbidden' }))
  usePeople().find('o-1')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(usePeople().find('o-1')).toBeNull()
  expect(get).toHaveBeenCalledTimes(1)
})

test.each([
  ['logging out and in again', [null, account('operator-1')]],
  ['another person', [account('operator-2')]],
  ['another part of the tree', [account('operator-1', '/440100/440106')]],
])('%s forgets every name, also those that are still on their way', async (_, changes) => {
  const people = usePeople()
  people.find('o-1')
  await soon()
  let answer: (body: { items: Person[] }) => void = () => undefined
  get.mockReturnValueOnce(new Promise((resolve) => { answer = resolve }))
  people.find('m-2')
  await soon()
  for (const change of changes) useSession().account = change
  answer({ items: [LI] })
  get.mockResolvedValue({ items: [] })
  await soon()
  expect([people.find('o-1'), people.find('m-2')]).toEqual([null, null])
  await soon()
  expect(asked()).toEqual([['o-1'], ['m-2'], ['o-1', 'm-2']])
})

test('nobody is asked for while nobody is logged in', async () => {
  usePeople().find('o-1')
  useSession().account = null
  usePeople().find('m-2')
  await soon()
  expect(get).not.toHaveBeenCalled()
})

test('a newer token of the same person forgets nothing', async () => {
  usePeople().find('o-1')
  await soon()
  useSession().account = account('operator-1')
  expect(usePeople().find('o-1')).toEqual(WANG)
})
