import { useI18n } from 'vue-i18n'

import { cityFormat } from '../formats/zone'
import messages from './messages'
import type { ActionRecord } from './record'

/** Every action that there are words for. */
export const ACTIONS: readonly string[] = Object.keys(messages.en.actions)

/** Codes in words. One that is newer than this page is shown as it is. */
export function useWords() {
  const { t, te, locale } = useI18n()
  const words = (group: 'actions' | 'refusals' | 'actors', code: string) => {
    const key = `audit.${group}.${code}`
    return te(key) ? t(key) : code
  }
  /** With its year, and to the second: records are compared with what else is known of a day. */
  const moment = (rfc3339: string) => cityFormat(locale.value, {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(new Date(rfc3339))

  return {
    action: (code: string) => words('actions', code),
    refusal: (code: string) => words('refusals', code),
    actor: ({ actor_id }: ActionRecord) => words('actors', actor_id),
    moment,
  }
}
