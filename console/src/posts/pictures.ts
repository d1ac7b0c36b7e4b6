import type { ApiClient } from '../api/client'

/** A post's code as a picture; `validUntil` (ms): when a rotating one changes, null for a printed one. */
export interface Picture {
  svg: Blob
  postName: string
  validUntil: number | null
}

/** The code for the display or for paper. Raises `ProblemError`: `not-found`, `no-fixed-code`, `forbidden`. */
export async function pictureOf(client: ApiClient, postId: string, purpose: 'display' | 'print'): Promise<Picture> {
  const path = `/checkin/v1/posts/${encodeURIComponent(postId)}/qr.svg`
  const response = await client.read(path, { query: { for: purpose } })
  const svg = await response.text()
  const until = response.headers.get('X-Valid-Until')
  return {
    svg: new Blob([svg], { type: 'image/svg+xml' }),
    postName: titleOf(svg),
    validUntil: until === null ? null : Date.parse(until),
  }
}

/** What the picture is called: the post's name. */
function titleOf(svg: string): string {
  return new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('title')?.textContent ?? ''
}
