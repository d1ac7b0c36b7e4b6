import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ProblemError } from '../api/problems'
import type { IncidentEvent } from '../incidents/incident'
import { useIncidents } from './incidents'

const all = vi.hoisted(() => vi.fn<(path: string, ask?: { query?: { status?: string } }) => Promise<unknown[]>>())
vi.mock('../api', () => ({ api: { all }, session: {} }))

const EVENTS = '/dispatch/v1/incidents/i-1/events'

function event(sequence: number, type = 'something'): IncidentEvent {
  const common = { incident_id: 'i-1', station_id: 's', path: '/440100', drill: false, at: '2026-03-01T00:00:00Z', by: 'clock' }
  const body = { severity: 'minor', location: { lon: 113, lat: 23 }, playbook: { name: '', tell: [], stages: [] } }
  return { sequence, id: `e-${String(sequence)}`, type: `meu.dispatch.${type}.v1`, time: common.at, data: { ...common, ...body } }
}

const REPORTED = event(1, 'incident-reported')
let heard: number[]

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  heard = []
  useIncidents().listen(({ sequence }) => heard.push(sequence))
})
afterEach(() => {
  useIncidents().forget()
  all.mockReset()
  vi.useRealTimers()
})

test('an incident begins with the stream, and what comes again is not announced again', () => {
  const incidents = useIncidents()
  for (const one of [REPORTED, event(2), event(2), REPORTED]) incidents.apply(one)
  expect(incidents.byId.get('i-1')?.sequence).toBe(2)
  expect(heard).toEqual([1, 2])
})

test('where an event is missing, all are read, and the one that came is announced', async () => {
  const incidents = useIncidents()
  incidents.apply(REPORTED)
  all.mockResolvedValue([REPORTED, event(2), event(3)])
  incidents.apply(event(3))
  await vi.advanceTimersByTimeAsync(0)
  expect(incidents.byId.get('i-1')?.sequence).toBe(3)
  expect(heard).toEqual([1, 3])
})

test('a list that does not have the event yet is read again', async () => {
  const incidents = useIncidents()
  all.mockResolvedValueOnce([REPORTED]).mockResolvedValueOnce([REPORTED, event(2), event(3)])
  incidents.apply(event(3))
  await vi.advanceTimersByTimeAsync(0)
  expect([incidents.byId.get('i-1')?.sequence, heard]).toEqual([1, []])
  await vi.advanceTimersByTimeAsync(500)
  expect([incidents.byId.get('i-1')?.sequence, heard]).toEqual([3, [3]])
})

test('an answer that is older than what the stream brought meanwhile takes nothing back', async () => {
  const incidents = useIncidents()
  let answer: (events: unknown[]) => void = () => undefined
  all.mockReturnValueOnce(new Promise((resolve) => { answer = resolve }))
  const reading = incidents.read('i-1')
  for (const one of [REPORTED, event(2), event(3)]) incidents.apply(one)
  answer([REPORTED, event(2)])
  expect((await reading)?.sequence).toBe(3)
})

test('what was asked for before they were forgotten is not kept, nor is anything asked for after it', async () => {
  const incidents = useIncidents()
  let answer: (events: unknown[]) => void = () => undefined
  let list: (summaries: unknown[]) => void = () => undefined
  all.mockReturnValueOnce(new Promise((resolve) => { answer = resolve }))
  const reading = incidents.read('i-1')
  all.mockReturnValueOnce(new Promise((resolve) => { list = resolve })).mockResolvedValueOnce([])
  const loading = incidents.load()
  incidents.apply(event(3))
  incidents.forget()
  answer([REPORTED])
  list([{ incident_id: 'i-2' }])
  expect(await reading).toBeNull()
  await loading
  expect([incidents.byId.size, incidents.isLoaded]).toEqual([0, false])
  const asked = all.mock.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(all).toHaveBeenCalledTimes(asked)
  expect([vi.getTimerCount(), heard]).toEqual([0, []])
})

test('that they could not be read is nothing to whoever comes next, who reads them anew', async () => {
  const incidents = useIncidents()
  let fail: (error: Error) => void = () => undefined
  all.mockReturnValueOnce(new Promise((_, reject) => { fail = reject })).mockResolvedValueOnce([])
  const loading = incidents.load()
  let answer: (events: unknown[]) => void = () => undefined
  all.mockReturnValueOnce(new Promise((resolve) => { answer = resolve })).mockResolvedValueOnce([REPORTED])
  void incidents.read('i-1')
  incidents.forget()
  fail(new Error('away'))
  await loading
  expect(incidents.problem).toBeNull()
  expect((await incidents.read('i-1'))?.sequence).toBe(1)
  answer([])
  await vi.advanceTimersByTimeAsync(0)
  expect([...incidents.byId.keys()]).toEqual(['i-1'])
})

test('who asks for an incident that is being read waits for the same answer', async () => {
  const incidents = useIncidents()
  all.mockResolvedValue([REPORTED])
  await Promise.all([incidents.read('i-1'), incidents.read('i-1')])
  expect(all).toHaveBeenCalledTimes(1)
})

test('an incident that is gone since it was listed does not hinder the others', async () => {
  const incidents = useIncidents()
  all.mockImplementation((path, ask) => {
    if (path === EVENTS) return Promise.resolve([REPORTED])
    if (path.endsWith('/events')) return Promise.reject(new ProblemError({ title: '', status: 404, code: 'incident-unknown' }))
    return Promise.resolve(ask?.query?.status === 'open' ? [{ incident_id: 'i-0' }, { incident_id: 'i-1' }] : [])
  })
  await incidents.load()
  expect([...incidents.byId.keys()]).toEqual(['i-1'])
  expect(incidents.isLoaded).toBe(true)
})
