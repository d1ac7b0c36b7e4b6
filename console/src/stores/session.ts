import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { session } from '../api'
import type { Account, Credentials, LogInStep, Role } from '../api/session'
import { cityZone } from '../formats/zone'

export const OF_OPERATIONS: readonly Role[] = ['operator', 'officer']

/** Who is logged in. */
export const useSession = defineStore('session', () => {
  const account = shallowRef<Account | null>(null)
  /** Whether there is a session could not be asked. */
  const resumeFailed = ref(false)
  session.onChange = (changed) => { account.value = changed }
  session.onZone = (zone) => { cityZone.value = zone }

  /** Changes when somebody else sees the screens, or sees another part of the city in them; null: nobody does. */
  const who = computed(() => {
    if (account.value === null) return null
    const { account_id: id, path, role } = account.value
    return [id, path, role].join(' ')
  })
  const isOperational = computed(() => account.value !== null && OF_OPERATIONS.includes(account.value.role))

  function logIn(credentials: Credentials): Promise<LogInStep> {
    return session.logIn(credentials)
  }

  function resume(): Promise<boolean> {
    return session.resume()
  }

  function logOut(): Promise<void> {
    return session.logOut()
  }

  /** Whether the account has one of these roles. */
  function hasRole(roles: readonly Role[]): boolean {
    return account.value !== null && roles.includes(account.value.role)
  }

  return { account, who, isOperational, resumeFailed, logIn, resume, logOut, hasRole }
})
