import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'

import { fetchOfHeaders, settled, type Asking } from './fixtures'
import { usePages } from './use-pages'

let scope: EffectScope
let asked: Asking[]
let path = '/a'

beforeEach(() => {
  const server = fetchOfHeaders()
  asked = server.asked
  vi.stubGlobal('fetch', vi.fn(server.fetch))
  scope = effectScope()
  path = '/a'
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

const pager = () => scope.run(() => usePages<string>(() => ({ path, query: { limit: 2 } })))!
const paths = () => asked.map((one) => one.path)

test('pages are read one behind the other', async () => {
  const { items, next, isReading, begin, readMore } = pager()
  void begin()
  await settled()
  expect([items.value, isReading.value]).toEqual([[], true])
  await asked[0]!.come(['1', '2'])
  expect([items.value, next.value, isReading.value]).toEqual([['1', '2'], '/next/1', false])
  void readMore()
  await settled()
  await asked[1]!.come(['3'])
  expect([items.value, next.value]).toEqual([['1', '2', '3'], '/next/2'])
  expect(paths()).toEqual(['/a?limit=2', '/next/1'])
})

test('what was asked for before, and comes late, does not stand under what is asked for now', async () => {
  const { items, next, isReading, begin } = pager()
  void begin()
  await settled()
  path = '/b'
  void begin()
  await settled()
  await asked[0]!.come(['of a'])
  expect([items.value, next.value, isReading.value]).toEqual([[], null, true])
  await asked[1]!.come(['of b'])
  expect([items.value, next.value, isReading.value]).toEqual([['of b'], '/next/2', false])
})

test('more of what was asked for before is not put behind what is asked for now', async () => {
  const { items, begin, readMore } = pager()
  void begin()
  await settled()
  await asked[0]!.come(['of a'])
  void readMore()
  await settled()
  path = '/b'
  void begin()
  await settled()
  await asked[2]!.come(['of b'])
  await asked[1]!.come(['more of a'])
  expect(items.value).toEqual(['of b'])
})

test('more is asked for once, and not while something is read', async () => {
  const { begin, readMore } = pager()
  await readMore()
  void begin()
  void readMore()
  await settled()
  await asked[0]!.come(['1'])
  void readMore()
  void readMore()
  await settled()
  expect(paths()).toEqual(['/a?limit=2', '/next/1'])
})

test('what runs is asked for once more, be it the first page or another; nothing else is', async () => {
  const { items, begin, readMore, restart } = pager()
  restart()
  void begin()
  await settled()
  restart()
  await settled()
  await asked[0]!.come(['old'])
  await asked[1]!.come(['new'])
  void readMore()
  await settled()
  restart()
  await settled()
  await asked[3]!.come(['new too'])
  await asked[2]!.come(['old too'])
  restart()
  await settled()
  expect(items.value).toEqual(['new', 'new too'])
  expect(paths()).toEqual(['/a?limit=2', '/a?limit=2', '/next/2', '/next/2'])
})

test('what fails leaves what is shown, until it is read; what is begun anew leaves nothing', async () => {
  const { items, problem, isReading, begin, read } = pager()
  void begin()
  await settled()
  await asked[0]!.come(['1'])
  vi.mocked(fetch).mockRejectedValueOnce(new TypeError('away'))
  await read()
  expect(items.value).toEqual(['1'])
  expect(problem.value).toMatchObject({ code: 'offline' })
  expect(isReading.value).toBe(false)
  void read()
  await settled()
  expect(problem.value).not.toBeNull()
  await asked[1]!.come(['2'])
  expect([items.value, problem.value]).toEqual([['2'], null])
  vi.mocked(fetch).mockRejectedValueOnce(new TypeError('away'))
  await begin()
  expect(items.value).toEqual([])
})

test('nothing is kept once the scope has ended', async () => {
  const { items, isReading, begin } = pager()
  void begin()
  await settled()
  scope.stop()
  await asked[0]!.come(['late'])
  expect([items.value, isReading.value]).toEqual([[], false])
})
