import type { Station } from '../api/organisation'
import type { Role } from '../api/session'

export const ACCOUNTS = '/checkin/v1/accounts'
export const PAGE = 100

/** An account; without a role it may do nothing yet. */
export interface AccountListed {
  account_id: string
  login: string
  name: string
  role: Role | null
  path: string | null
  station_id: string | null
  unit_id: string | null
}

/** A password that its owner must replace by `good_until`. It is shown this once. */
export interface OneTime {
  account: AccountListed
  one_time_password: string
  good_until: string
}

export interface Newcomer {
  account_id: string
  login: string
  name: string
}

/** What an account may do, and where. */
export interface Right {
  role: Role
  path: string
  station_id: string | null
  unit_id: string | null
}

/** The three offices of administration. */
export const OFFICES = ['system-administrator', 'security-administrator', 'auditor'] as const satisfies readonly Role[]

/** Who may be let in by a password. Displays and partner systems carry tokens that were issued to them. */
export const ROLES_GIVEN: readonly Role[] = ['operator', 'officer', 'leader', 'member', ...OFFICES]
const OF_UNITS: readonly Role[] = ['leader', 'member']

/** As the API takes them. */
export const ID_PATTERN = '[A-Za-z0-9._:\\-]{1,80}'
export const LOGIN_PATTERN = '[A-Za-z0-9._@\\-]{2,80}'

export function needsUnit(role: Role): boolean {
  return OF_UNITS.includes(role)
}

/** The right of a role at a node of the tree. Administrators belong to no station, and only leaders and members to a unit. */
export function rightOf(role: Role, node: Pick<Station, 'path' | 'station_id'>, unitId: string): Right {
  return {
    role,
    path: node.path,
    station_id: OFFICES.some((office) => office === role) ? null : node.station_id,
    unit_id: needsUnit(role) ? unitId.trim() : null,
  }
}

/** An id for somebody who is in no registry yet: the login, with what ids do not hold taken out. */
export function idFrom(login: string): string {
  return login.replace(/[^A-Za-z0-9._:-]/g, '.').slice(0, 80)
}

/** The root of a city's tree, of its division code (GB/T 2260). */
export function pathOfCity(code: string): string {
  return `/${code.trim()}`
}

/** Whether three people are three: neither an id nor a login twice; logins are the same in any case of letters. */
export function areDifferent(people: readonly Newcomer[]): boolean {
  const ids = people.map(({ account_id }) => account_id)
  const logins = people.map(({ login }) => login.toLowerCase())
  return new Set(ids).size === people.length && new Set(logins).size === people.length
}
