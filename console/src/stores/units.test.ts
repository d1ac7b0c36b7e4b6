import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { ToWorker } from '../units/worker-messages'
import { useUnits } from './units'

const read = vi.hoisted(() => vi.fn<() => Promise<Response>>())
vi.mock('../api', () => ({ api: { read } }))

/** What each worker that was started was told. */
let told: string[][]

beforeEach(() => {
  setActivePinia(createPinia())
  told = []
  vi.stubGlobal('Worker', class {
    private readonly heard: string[] = []
    constructor() { told.push(this.heard) }
    postMessage({ kind }: ToWorker): void { this.heard.push(kind) }
    terminate(): void { this.heard.push('terminated') }
  })
})
afterEach(() => {
  read.mockReset()
  vi.unstubAllGlobals()
})

function held(): { answer: (response: Response) => void; fail: (error: Error) => void } {
  let settle = { answer: (_: Response): void => undefined, fail: (_: Error): void => undefined }
  read.mockReturnValueOnce(new Promise((resolve, reject) => { settle = { answer: resolve, fail: reject } }))
  return settle
}

test('a reading ends with a snapshot, or is said to have failed', async () => {
  const units = useUnits()
  read.mockResolvedValueOnce(new Response('{}')).mockRejectedValueOnce(new Error('away'))
  await units.load()
  await expect(units.load()).rejects.toThrow('away')
  expect(told).toEqual([['reading', 'snapshot', 'reading', 'reading-failed']])
  expect(units.problem).toBeInstanceOf(Error)
})

test('units that come after they were forgotten start no worker', async () => {
  const units = useUnits()
  const { answer } = held()
  const loading = units.load()
  units.forget()
  answer(new Response('{}'))
  await loading
  expect(told).toEqual([['reading', 'terminated']])
})

test('units of who was here before do not come among those of who is here now', async () => {
  const units = useUnits()
  const old = [held(), held()]
  const loading = [units.load(), units.load()]
  units.forget()
  read.mockResolvedValueOnce(new Response('{}'))
  await units.load()
  old[0]!.answer(new Response('{}'))
  old[1]!.fail(new Error('away'))
  await Promise.all(loading)
  expect(told).toEqual([['reading', 'reading', 'terminated'], ['reading', 'snapshot']])
  expect(units.problem).toBeNull()
})
