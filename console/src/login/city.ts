import type { ApiClient } from '../api/client'

const START = '/checkin/v1/sessions/oidc'
/** What the way back from the city's log-in may end with, as far as there are words for it. */
const PROBLEMS = ['wrong-credentials', 'no-right', 'provider-away', 'login-stale', 'unavailable']
const PAGE_MAX = 900

/** Whether one may log in with the city's own account. Who can not ask is not offered it: a password may do. */
export async function cityLogsIn(api: Pick<ApiClient, 'get'>): Promise<boolean> {
  try {
    return (await api.get<{ oidc: boolean }>('/checkin/v1/login-options')).oidc
  } catch {
    return false
  }
}

/** Where the city asks who one is. Afterwards this `page` of the console is shown, if it can be said in a plain path. */
export function cityLogIn(page: string): string {
  const [address = '/'] = page.split('#')
  const plain = address.replace(/[^A-Za-z0-9._~%=&?,:;+@!*'()/-]/gu, encodeURIComponent)
  const [path = '/'] = plain.split('?')
  const isShowable = plain.length <= PAGE_MAX && !/\/(\/|(\.|%2e){1,2}(\/|$))/i.test(path)
  return `${START}?return_to=${encodeURIComponent(`/console${isShowable ? plain : '/'}`)}`
}

/** The problem that the way back brought. Anything else in the address is nobody's word. */
export function problemBrought(query: unknown): string | null {
  return typeof query === 'string' && PROBLEMS.includes(query) ? query : null
}
