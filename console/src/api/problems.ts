/** One field that an API did not accept. */
export interface FieldError {
  field: string
  code: string
  detail: string
}

/** A problem document (RFC 9457) as the services write it. */
export interface ProblemDocument {
  title: string
  status: number
  code: string
  detail?: string
  field?: string
  correlation_id?: string | null
  errors?: FieldError[]
}

/**
 * Asked for something, got something else: a problem document, or no answer at all.
 *
 * `code` is the document's; without a document it is `offline` (no connection), `timeout` or `unreadable-answer`,
 * with status 0. `title` is in the caller's language when a service wrote it, else empty: `useProblemText` has words for
 * these three.
 */
export class ProblemError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly field: string | null
  readonly errors: readonly FieldError[]
  readonly retryAfterS: number | null

  constructor(document: ProblemDocument, retryAfterS: number | null = null) {
    super(`${String(document.status)} ${document.code}: ${document.detail ?? ''}`)
    this.name = 'ProblemError'
    this.status = document.status
    this.code = document.code
    this.title = document.title
    this.detail = document.detail ?? ''
    this.field = document.field ?? null
    this.errors = document.errors ?? []
    this.retryAfterS = retryAfterS
  }
}

/** There was no answer. */
export function noAnswer(code: 'offline' | 'timeout' | 'unreadable-answer', detail = ''): ProblemError {
  return new ProblemError({ title: '', status: 0, code, detail })
}

/** The problem that an unsuccessful response tells of. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const retryAfterS = Number.isFinite(seconds) ? seconds : null
  try {
    const document = (await response.json()) as ProblemDocument
    if (typeof document.code === 'string') return new ProblemError(document, retryAfterS)
  } catch {
    // Not a problem document: a proxy in between answered.
  }
  const document = { title: '', status: response.status, code: 'unreadable-answer', detail: response.statusText }
  return new ProblemError(document, retryAfterS)
}
