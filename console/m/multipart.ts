/** A form as bytes that stay the same however often they are sent: a repeat must be recognised as one. */
export async function multipart(
  fields: Record<string, string>,
  file: { field: string; name: string; content: Blob } | null,
  boundary: string,
): Promise<{ type: string; body: ArrayBuffer }> {
  const parts: BlobPart[] = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  if (file) {
    const head = `Content-Disposition: form-data; name="${file.field}"; filename="${file.name}"`
    parts.push(`--${boundary}\r\n${head}\r\nContent-Type: ${file.content.type}\r\n\r\n`, file.content, '\r\n')
  }
  parts.push(`--${boundary}--\r\n`)
  return { type: `multipart/form-data; boundary=${boundary}`, body: await new Blob(parts).arrayBuffer() }
}
