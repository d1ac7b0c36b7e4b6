import { shallowRef, watch } from 'vue'

import { usePages } from '../api/use-pages'
import { dateAt } from '../formats/dates'
import { now } from '../formats/now'
import { askedOf, queryOf, type Asked } from './asked'
import { AUDIT, type ActionRecord } from './record'

const PAGE = 100

/**
 * The records that the address asks for, page by page, newest first.
 *
 * Each reading is a record of the audit itself, so only people make one: days that the address does not say are those of when
 * it was opened or refreshed, also after midnight.
 */
export function useAudit(address: () => Record<string, unknown>) {
  const askedNow = () => askedOf(address(), dateAt(now.value))
  const asked = shallowRef<Asked>(askedNow())
  const { items: list, next, isReading, problem, begin, read, readMore } = usePages<ActionRecord>(() => ({
    path: AUDIT, query: { ...queryOf(asked.value), limit: PAGE },
  }))

  /** Whether something else is asked for by now; then it is read. */
  function isOther(): boolean {
    const wanted = askedNow()
    if (JSON.stringify(wanted) === JSON.stringify(asked.value)) return false
    asked.value = wanted
    void begin()
    return true
  }

  function refresh(): void {
    if (!isOther()) void read()
  }

  watch(address, () => void isOther())
  void begin()

  return { asked, list, next, isReading, problem, refresh, readMore }
}
