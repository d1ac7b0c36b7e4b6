import { onScopeDispose, shallowRef } from 'vue'

import { api } from '.'
import type { Page, Query } from './client'
import { serverClock } from './server-clock'

/** What is asked for first; each page names the one behind it. */
export interface Listing {
  path: string
  query: Query
}

/**
 * A list that is read page by page.
 *
 * One reading runs at a time: another one, or the end of the scope, gives it up. Nothing of what was given up is kept, also
 * where its answer was on its way already: then aborting no longer stops it.
 *
 * `joined`: what stands there once the first page was read anew; null: that page alone.
 */
export function usePages<T>(listing: () => Listing, joined: (page: readonly T[], shown: readonly T[]) => T[] | null = () => null) {
  const items = shallowRef<T[]>([])
  /** The path of the page behind the items; null: there is none, or it is not known yet. */
  const next = shallowRef<string | null>(null)
  /** When the first page came last, RFC 3339; null: it never did. */
  const readAt = shallowRef<string | null>(null)
  const isReading = shallowRef(false)
  const problem = shallowRef<unknown>(null)
  let running: { from: string | null; giveUp: AbortController } | null = null

  async function page(from: string | null): Promise<void> {
    stop()
    const giveUp = new AbortController()
    running = { from, giveUp }
    isReading.value = true
    try {
      const { path, query } = from === null ? listing() : { path: from, query: {} }
      const found = await api.page<T>(path, { query, signal: giveUp.signal })
      if (giveUp.signal.aborted) return
      keep(from, found)
      problem.value = null
    } catch (error) {
      if (giveUp.signal.aborted) return
      problem.value = error
    }
    running = null
    isReading.value = false
  }

  function keep(from: string | null, found: Page<T>): void {
    const all = from === null ? joined(found.items, items.value) : [...items.value, ...found.items]
    items.value = all ?? found.items
    if (from !== null || all === null) next.value = found.next
    if (from === null) readAt.value = new Date(serverClock.now()).toISOString()
  }

  /** The first page anew. */
  function read(): Promise<void> {
    return page(null)
  }

  /** Something else is asked for: what was found does not stand under it. */
  function begin(): Promise<void> {
    items.value = []
    next.value = null
    problem.value = null
    return read()
  }

  async function readMore(): Promise<void> {
    if (next.value !== null && !isReading.value) await page(next.value)
  }

  /** What is being read, if anything is, is asked for once more: its answer may be older than what is known by now. */
  function restart(): void {
    if (running !== null) void page(running.from)
  }

  function stop(): void {
    running?.giveUp.abort()
    running = null
    isReading.value = false
  }

  onScopeDispose(stop)

  return { items, next, readAt, isReading, problem, begin, read, readMore, restart }
}
