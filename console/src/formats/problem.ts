import { useI18n } from 'vue-i18n'

import { ProblemError } from '../api/problems'

const OWN_WORDS = ['offline', 'timeout', 'unreadable-answer']

/** What to tell people of a failure: the service's title and detail, or own words where no service answered. */
export function useProblemText() {
  const { t } = useI18n()
  return (error: unknown): string => {
    if (!(error instanceof ProblemError)) return t('api.fault')
    if (OWN_WORDS.includes(error.code)) return t(`api.${error.code}`)
    const detail = error.errors[0]?.detail ?? error.detail
    return detail === '' ? error.title : `${error.title} (${detail})`
  }
}
