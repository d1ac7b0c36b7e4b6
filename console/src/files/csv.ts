export type Cell = string | number | null

/** Without it the usual office programs read UTF-8 Chinese as GB18030. */
const BOM = '\uFEFF'
/** What makes a spreadsheet take a cell for a formula (OWASP, CSV injection); full-width signs do in East Asian ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** A whole file (RFC 4180) that spreadsheets open rightly. Text that could be a formula gets an apostrophe in front. */
export function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return BOM + [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
