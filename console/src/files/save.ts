const KEPT_MS = 60_000

/** Let the browser save `content` under `fileName`. */
export function save(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => { URL.revokeObjectURL(url) }, KEPT_MS)
}

export function saveCsv(text: string, fileName: string): void {
  save(new Blob([text], { type: 'text/csv;charset=utf-8' }), fileName)
}

/** A name that every file system takes: what separates folders, and what one of them forbids, becomes a hyphen. */
export function fileName(...parts: string[]): string {
  return parts.map((part) => part.replace(/[\\/:*?"<>|\u0000-\u001f\u202a-\u202e\u2066-\u2069]/g, '-').trim()).join('_').slice(0, 150)
}
