import { createPinia, setActivePinia } from 'pinia'
import { expect, test, vi } from 'vitest'

import { useStations } from './stations'

const all = vi.hoisted(() => vi.fn<() => Promise<unknown[]>>())
vi.mock('../api', () => ({ api: { all } }))

test('what was asked for before they were forgotten is not kept', async () => {
  setActivePinia(createPinia())
  const stations = useStations()
  let answer: (stations: unknown[]) => void = () => undefined
  all.mockReturnValueOnce(new Promise((resolve) => { answer = resolve }))
  const loading = stations.load()
  stations.forget()
  answer([{ station_id: '440106001', name: '天河南派出所', path: '/440100/440106/440106001' }])
  await loading
  expect([stations.list, stations.isLoaded]).toEqual([[], false])
})
