import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'

import { api } from '../api'
import { ProblemError } from '../api/problems'
import type { Role } from '../api/session'
import { useSession } from './session'

const AT_ONCE = 50
const AGAIN_MS = 30_000

/** Somebody who acted. The name of a unit's leader or member is masked. */
export interface Person {
  id: string
  name: string
  role: Role
  unit_id: string | null
  station_id: string | null
}

/**
 * Who the people are whom events name by ids: in memory only, and for as long as the account is the same.
 *
 * Looks at people are on record, so each id is asked for once, and all that a screen needs at a time in one request.
 */
export const usePeople = defineStore('people', () => {
  const session = useSession()
  /** Null: nobody that this account may know. */
  const known = shallowReactive(new Map<string, Person | null>())
  const asked = new Set<string>()
  let waiting: string[] = []
  let generation = 0

  /** Whose id it is; null while that is not known, or not for this account. Reactive: what is not known yet is asked for. */
  function find(id: string): Person | null {
    const person = known.get(id)
    if (person === undefined && !asked.has(id) && session.account !== null) {
      if (waiting.length === 0) queueMicrotask(askForAll)
      asked.add(id)
      waiting.push(id)
    }
    return person ?? null
  }

  function askForAll(): void {
    const ids = waiting
    waiting = []
    for (let start = 0; start < ids.length; start += AT_ONCE) void ask(ids.slice(start, start + AT_ONCE), generation)
  }

  async function ask(ids: readonly string[], whose: number): Promise<void> {
    const query = ids.map((id) => `id=${encodeURIComponent(id)}`).join('&')
    const people = await api.get<{ items: Person[] }>(`/checkin/v1/names?${query}`).then(({ items }) => items, whyNot)
    if (whose !== generation) return
    if (people === null) {
      setTimeout(() => { if (whose === generation) void ask(ids, whose) }, AGAIN_MS)
      return
    }
    const byId = new Map(people.map((person) => [person.id, person]))
    for (const id of ids) known.set(id, byId.get(id) ?? null)
  }

  function forget(): void {
    generation += 1
    waiting = []
    asked.clear()
    known.clear()
  }

  // Also where another tab's login is taken over, and where the account's part of the tree has changed.
  watch(() => session.who, forget, { flush: 'sync' })

  return { find }
})

/** Nobody, where the service refuses to say; null where it may yet answer. */
function whyNot(error: unknown): [] | null {
  return error instanceof ProblemError && error.status >= 400 && error.status < 500 ? [] : null
}
