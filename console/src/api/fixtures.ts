/** What was asked, and its answer: the headers have come, the body comes when the test says so. */
export interface Asking {
  path: string
  come(body: unknown): Promise<void>
}

/** A `fetch` that answers each request at once with its headers alone. Every page names a next one. */
export function fetchOfHeaders(): { fetch: (path: string) => Promise<Response>; asked: Asking[] } {
  const asked: Asking[] = []
  const answer = async (path: string): Promise<Response> => {
    let body: ReadableStreamDefaultController<Uint8Array>
    const stream = new ReadableStream<Uint8Array>({ start(controller) { body = controller } })
    asked.push({
      path,
      async come(content) {
        body.enqueue(new TextEncoder().encode(JSON.stringify(content)))
        body.close()
        await settled()
      },
    })
    return new Response(stream, { headers: { Link: `</next/${String(asked.length)}>; rel="next"` } })
  }
  return { fetch: answer, asked }
}

/** All that can go on without another answer, or time, has. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}
