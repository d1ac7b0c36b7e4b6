import { ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { api } from '../../api'
import type { Decided } from '../../api/client'
import { newKey } from '../../api/keys'
import { useProblemText } from '../../formats/problem'
import { useConnection } from '../../stores/connection'
import { useIncidents } from '../../stores/incidents'
import { useNames } from '../panel/names'
import type { Request } from './act'
import { isWorthRepeating, reasonsIn, refusalOf } from './refusals'

const READ_AFTER_MS = 1500

/** Sending one form: never twice at once, and under one key, so that a double click or a second try has one effect. */
export function useSending() {
  const isSending = ref(false)
  const problem = shallowRef<unknown>(null)
  let key = newKey()

  /** A fresh form; or one that was sent already under this key, and is gone on with. */
  function begin(kept = newKey()): void {
    key = kept
    problem.value = null
  }

  /** What was decided; null: it was not, and `problem` says why (or it is being sent already). */
  async function send<T>(request: Request): Promise<Decided<T> | null> {
    if (isSending.value) return null
    isSending.value = true
    problem.value = null
    try {
      return await api.command<T>(request.path, request.body, { key })
    } catch (error) {
      problem.value = error
      return null
    } finally {
      isSending.value = false
    }
  }

  return { isSending, problem, begin, send }
}

/** What to tell of a refusal or a failure. */
export function useRefusalText() {
  const { t } = useI18n()
  const names = useNames()
  const problemText = useProblemText()
  return (error: unknown): string => {
    const code = refusalOf(error)
    const reasons = reasonsIn(error).map(names.reason).join(t('desk.considered.and'))
    if (code !== null) return `${t(`desk.refused.${code}`)}${reasons === '' ? '' : ` (${reasons})`}`
    return problemText(error)
  }
}

/** What to tell of what was sent: a refusal is final, else nobody knows whether it was done. */
export function useOutcomeText() {
  const { t } = useI18n()
  const refusalText = useRefusalText()
  return (error: unknown): string => {
    const isUnsure = refusalOf(error) === null && isWorthRepeating(error)
    return isUnsure ? `${refusalText(error)} ${t('desk.form.unsure')}` : refusalText(error)
  }
}

/** The stream brings what an act caused; where there is none at the moment, the incident is read again. */
export function readSoon(incidentId: string): void {
  if (useConnection().isLive) return
  setTimeout(() => { useIncidents().read(incidentId).catch(() => null) }, READ_AFTER_MS)
}
