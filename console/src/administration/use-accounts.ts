import { onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'

import { api } from '../api'
import { ACCOUNTS, PAGE, type AccountListed } from './accounts'

const TYPED_MS = 300

/** Accounts that fit what is asked for, page by page: a city has as many as it has members. */
export function useAccounts() {
  const text = ref('')
  const onlyWithoutRight = ref(false)
  const list = shallowRef<AccountListed[]>([])
  const next = shallowRef<string | null>(null)
  const isReading = shallowRef(true)
  const problem = shallowRef<unknown>(null)
  let giveUp: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function read(from: string | null = null): Promise<void> {
    giveUp?.abort()
    const own = new AbortController()
    giveUp = own
    isReading.value = true
    problem.value = null
    const query = { text: text.value.trim() || null, without_right: onlyWithoutRight.value || null, limit: PAGE }
    try {
      const page = await api.page<AccountListed>(from ?? ACCOUNTS, { query: from === null ? query : {}, signal: own.signal })
      list.value = from === null ? page.items : [...list.value, ...page.items]
      next.value = page.next
    } catch (error) {
      if (own.signal.aborted) return
      problem.value = error
    }
    isReading.value = false
  }

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
  onMounted(() => void read())
  onBeforeUnmount(() => {
    clearTimeout(timer)
    giveUp?.abort()
  })

  return { text, onlyWithoutRight, list, next, isReading, problem, read, put }
}
