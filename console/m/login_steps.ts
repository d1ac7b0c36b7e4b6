import type { Answer, Json } from './http'

export interface Account {
  /** A member's account is called as the member is. */
  account_id: string
  login: string
  name: string
  role: string | null
  station_id: string | null
  unit_id: string | null
}

/** What logging in asks for next, or that it is done, or why not. */
export type Step =
  | { is: 'done'; account: Account }
  | { is: 'new-password' }
  | { is: 'second-factor' }
  | { is: 'enrolment'; uri: string }
  | { is: 'refused'; code: string; title: string; retry_after_ms: number | null }

/** Reads the answer of `POST /checkin/v1/sessions` or of a refresh. */
export function nextStep(answer: Answer): Step {
  const { status, body, code, title, retry_after_ms } = answer
  if (status === 0 || status >= 300) return { is: 'refused', code, title, retry_after_ms }
  switch (body['next']) {
    case 'new-password':
      return { is: 'new-password' }
    case 'second-factor':
      return { is: 'second-factor' }
    case 'second-factor-enrolment':
      return { is: 'enrolment', uri: String(body['otpauth_uri']) }
  }
  const account = accountOf(body)
  return account ? { is: 'done', account } : { is: 'refused', code: 'unreachable', title: '', retry_after_ms }
}

function accountOf(body: Json): Account | null {
  const account = body['account']
  const is_whole = typeof body['access_token'] === 'string' && typeof account === 'object'
  return is_whole ? (account as Account | null) : null
}
