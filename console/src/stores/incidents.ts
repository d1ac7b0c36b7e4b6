import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'

import { api } from '../api'
import { ProblemError } from '../api/problems'
import { fold } from '../incidents/fold'
import type { Incident, IncidentEvent, Summary } from '../incidents/incident'
import { isWithin } from '../stations/nodes'
import { useSession } from './session'

const INCIDENTS = '/dispatch/v1/incidents'
const AT_ONCE = 6
const CLOSED_KEPT = 300
const LENT_EVERY_MS = 15_000
const CATCH_UP_AFTER_MS = [0, 500, 2_000, 8_000]

type Listener = (event: IncidentEvent, incident: Incident) => void

/**
 * The incidents that the account sees, each folded from its own events, so that nothing goes backwards.
 *
 * Open ones are read at the start; then the stream carries them on. Where an event is missing in between, the incident's
 * events are read again.
 */
export const useIncidents = defineStore('incidents', () => {
  const byId = shallowReactive(new Map<string, Incident>())
  const isLoaded = ref(false)
  /** Why they could not be read; it is tried again. */
  const problem = shallowRef<unknown>(null)
  const listeners = new Set<Listener>()
  const reading = new Map<string, Promise<Incident | null>>()
  /** Counts whose they are: what was asked for before `forget` is nobody's any more. */
  let epoch = 0
  let lentTimer: ReturnType<typeof setInterval> | undefined

  const running = computed(() => [...byId.values()].filter((incident) => incident.state !== 'closed'))
  const open = computed(() => running.value.filter((incident) => incident.state === 'open'))

  /** All that run, from the beginning of their events. */
  async function load(): Promise<void> {
    const whose = epoch
    try {
      await readRunning(whose)
      if (whose === epoch) problem.value = null
    } catch (error) {
      if (whose !== epoch) return
      problem.value = error
      throw error
    }
  }

  async function readRunning(whose: number): Promise<void> {
    const lists = await Promise.all(
      ['open', 'handed-over'].map((status) => api.all<Summary>(INCIDENTS, { query: { status, limit: 200 } })),
    )
    const ids = new Set([...lists.flat(), ...running.value].map((incident) => incident.incident_id))
    await inTurns([...ids], AT_ONCE, async (id) => (whose === epoch ? read(id).catch(unlessGone) : null))
    if (whose !== epoch) return
    isLoaded.value = true
    clearInterval(lentTimer)
    lentTimer = setInterval(() => void readLent(), LENT_EVERY_MS)
  }

  /** Read an incident's events; also of one that is over. Null: it is not there for this account. */
  function read(incidentId: string): Promise<Incident | null> {
    const running = reading.get(incidentId)
    if (running !== undefined) return running
    const promise = readNow(incidentId).finally(() => {
      if (reading.get(incidentId) === promise) reading.delete(incidentId)
    })
    reading.set(incidentId, promise)
    return promise
  }

  async function readNow(incidentId: string): Promise<Incident | null> {
    const whose = epoch
    const path = `${INCIDENTS}/${encodeURIComponent(incidentId)}/events`
    const events = await api.all<IncidentEvent>(path, { query: { limit: 200 } })
    return whose !== epoch ? null : put(fold(byId.get(incidentId) ?? null, events).incident)
  }

  /** An event from the stream. */
  function apply(event: IncidentEvent): void {
    const incidentId = event.data.incident_id
    const before = byId.get(incidentId) ?? null
    if (before !== null && event.sequence <= before.sequence) return
    const { incident, gap } = fold(before, [event])
    if (gap) {
      void catchUp(event)
    } else if (incident !== null) {
      put(incident)
      announce(event, incident)
    }
  }

  /** Read what is missing before `event`. The list follows the stream within a moment: it may not have it at once. */
  async function catchUp(event: IncidentEvent): Promise<void> {
    const whose = epoch
    for (const waitMs of CATCH_UP_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      if (whose !== epoch) return
      const found = await read(event.data.incident_id).catch(() => null)
      if (found === null || found.sequence < event.sequence) continue
      announce(event, found)
      return
    }
  }

  function put(incident: Incident | null): Incident | null {
    if (incident === null) return null
    byId.set(incident.incident_id, incident)
    const closed = [...byId.values()].filter((one) => one.state === 'closed')
    for (const old of closed.slice(0, Math.max(0, closed.length - CLOSED_KEPT))) byId.delete(old.incident_id)
    return incident
  }

  function announce(event: IncidentEvent, incident: Incident): void {
    for (const listener of listeners) listener(event, incident)
  }

  /** Hear every event that the stream brings, with the incident after it. Returns how to stop. */
  function listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Of others' incidents that a unit was lent to, the stream brings only that unit's orders. */
  async function readLent(): Promise<void> {
    const own = useSession().account?.path ?? ''
    const lent = running.value.filter(({ path }) => !isWithin(path, own))
    await inTurns(lent.map((incident) => incident.incident_id), AT_ONCE, (id) => read(id).catch(() => null))
  }

  function forget(): void {
    epoch += 1
    reading.clear()
    clearInterval(lentTimer)
    byId.clear()
    isLoaded.value = false
    problem.value = null
  }

  return { byId, running, open, isLoaded, problem, load, read, apply, listen, forget }
})

/** One that is over and forgotten since it was listed hinders nothing. */
function unlessGone(error: unknown): null {
  if (error instanceof ProblemError && error.status === 404) return null
  throw error
}

/** `work` on each item, `atOnce` at a time. */
async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items]
  const workers = Array.from({ length: Math.min(atOnce, left.length) }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  })
  await Promise.all(workers)
}
