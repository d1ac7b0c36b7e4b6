import { onScopeDispose, ref, watch } from 'vue'

import { usePages } from '../api/use-pages'
import { ACCOUNTS, PAGE, type AccountListed } from './accounts'

const TYPED_MS = 300

/** Accounts that fit what is asked for, page by page: a city has as many as it has members. */
export function useAccounts() {
  const text = ref('')
  const onlyWithoutRight = ref(false)
  const { items: list, next, isReading, problem, read, readMore } = usePages<AccountListed>(() => ({
    path: ACCOUNTS, query: { text: text.value.trim() || null, without_right: onlyWithoutRight.value || null, limit: PAGE },
  }))
  let timer: ReturnType<typeof setTimeout> | undefined

  /** The account as it is now, in its place; a new one comes first, for whoever made it to see it. */
  function put(account: AccountListed): void {
    const isThere = list.value.some(({ account_id }) => account_id === account.account_id)
    list.value = isThere
      ? list.value.map((one) => (one.account_id === account.account_id ? account : one))
      : [account, ...list.value]
  }

  watch([text, onlyWithoutRight], () => {
    clearTimeout(timer)
    timer = setTimeout(() => void read(), TYPED_MS)
  })
  void read()
  onScopeDispose(() => { clearTimeout(timer) })

  return { text, onlyWithoutRight, list, next, isReading, problem, readMore, put }
}
