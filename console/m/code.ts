/** The codes of posts, as links carry them and as people type them. */

const ALPHABET = /^[A-Z2-7]+$/
const LOOK_ALIKES: Readonly<Record<string, string>> = { '0': 'O', '1': 'I', '8': 'B' }
const PRINTED_CHARS = 10
const ROTATING_CHARS = 12

/** What a post's QR code says. The unit is named where the code is for one unit only. */
export interface Link {
  code: string
  unit: string | null
  post: string | null
}

/** `rotating`: from a post's display, good for a minute. `printed`: needs its PIN. */
export type CodeKind = 'rotating' | 'printed'

/** The code in a link like `/m/?u=<unit>#c=<code>&p=<post>` or `/m/#<code>`; null when there is none. */
export function readLink(search: string, hash: string): Link | null {
  const asked = new URLSearchParams(search)
  const bare = hash.replace(/^#/, '')
  const named = new URLSearchParams(bare)
  const code = tidyCode(named.get('c') ?? (bare.includes('=') ? '' : decoded(bare)))
  return code ? { code, unit: asked.get('u') ?? asked.get('unit'), post: named.get('p') } : null
}

/** As the server reads it: any case, blanks or hyphens between groups; digits that no code has become their letters. */
export function tidyCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Dash}]/gu, '')
    .replace(/[018]/g, (digit) => LOOK_ALIKES[digit] ?? digit)
}

/** Which kind of code a tidy text is; null: it is no post's code. */
export function codeKind(code: string): CodeKind | null {
  if (!ALPHABET.test(code)) return null
  if (code.length === ROTATING_CHARS) return 'rotating'
  return code.length === PRINTED_CHARS ? 'printed' : null
}

/** For people's eyes: groups of four. */
export function grouped(code: string): string {
  return code.match(/.{1,4}/g)?.join(' ') ?? ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
