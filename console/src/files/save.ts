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
