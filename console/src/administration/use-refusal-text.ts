import { useI18n } from 'vue-i18n'

import { ProblemError } from '../api/problems'
import { useProblemText } from '../formats/problem'

const EXPLAINED = [
  'account-taken', 'account-unknown', 'not-yours-to-give', 'role-without-login', 'unit-needed', 'link-invalid', 'forbidden',
]

/** Why something was refused, in plain words with what to do next. */
export function useRefusalText() {
  const { t } = useI18n()
  const problemText = useProblemText()
  return (error: unknown): string => {
    const isExplained = error instanceof ProblemError && EXPLAINED.includes(error.code)
    return isExplained ? t(`administration.refusal.${error.code}`) : problemText(error)
  }
}
