import type { Role } from '../api/session'

export const AUDIT = '/analytics/v1/audit'

/** Somebody did or saw something, or was refused. */
export interface ActionRecord {
  at: string
  /** An account; `nobody` where no account is known, `first-start` before there was any. */
  actor_id: string
  role: Role | null
  path: string | null
  action: string
  /** The id of what it was done to. */
  about: string
  /** The code of why it was not done. */
  refused: string | null
  address: string | null
  chain_id: string
  /** Counts the chain's records from 1. */
  number: number
}
