import type { Plugin } from 'vite'

interface Emitted {
  type: 'chunk' | 'asset'
  code?: string
  source?: string | Uint8Array<ArrayBuffer>
}

/** Bytes of `content` as a web server sends it with gzip. */
async function gzipped(content: string | Uint8Array<ArrayBuffer>): Promise<number> {
  const packed = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(packed).arrayBuffer()).byteLength
}

/** The whole page's bytes; Error when it is heavier than a phone on a poor network should have to load. */
export async function weigh(bundle: Record<string, Emitted>, limit: number): Promise<number> {
  const sizes = await Promise.all(
    Object.values(bundle).map((file) => gzipped(file.code ?? file.source ?? '')),
  )
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > limit) throw new Error(`the member's page weighs ${total} bytes gzip, more than ${limit}`)
  return total
}

/** Vite plugin: a build that is too heavy fails. */
export function sizeGate(limit: number): Plugin {
  return {
    name: 'size-gate',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const total = await weigh(bundle as Record<string, Emitted>, limit)
        this.info(`the member's page weighs ${total} of ${limit} bytes gzip`)
      },
    },
  }
}
