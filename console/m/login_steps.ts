import type { Answer, Json } from './http'

export interface Account {
  account_id: string
  login: string
  name: string
  role: string
  station_id: string | null
  unit_id: string | null
  /** As which member the unit's duty knows the account: the subject of its tokens. */
  member_id: string
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
  const token = body['access_token']
  const told = body['account']
  if (typeof token !== 'string' || typeof told !== 'object' || told === null) return null
  const account = told as Omit<Account, 'member_id'>
  return { ...account, member_id: subjectOf(token) ?? account.account_id }
}

function subjectOf(token: string): string | null {
  try {
    const claims = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')
    const bytes = Uint8Array.from(atob(claims), (char) => char.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as Json
    return typeof sub === 'string' ? sub : null
  } catch {
    return null
  }
}
