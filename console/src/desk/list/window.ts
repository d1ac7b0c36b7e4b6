/** What of a long list is to be drawn: of a thousand rows, those in view. */

export interface Placed<T> {
  item: T
  /** Pixels from the list's top. */
  top: number
  height: number
}

/** The items one below the other. */
export function placed<T>(items: readonly T[], heightOf: (item: T) => number): { rows: Placed<T>[]; height: number } {
  let top = 0
  const rows = items.map((item) => {
    const row = { item, top, height: heightOf(item) }
    top += row.height
    return row
  })
  return { rows, height: top }
}

/** The rows that touch the pixels from `from` to `to`. */
export function inView<T>(rows: readonly Placed<T>[], from: number, to: number): Placed<T>[] {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.top + rows[middle]!.height <= from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < rows.length && rows[end]!.top < to) end += 1
  return rows.slice(low, end)
}

/** Where to scroll so that the row is wholly in view; null: it is. */
export function scrollTo(row: { top: number; height: number }, scrollTop: number, viewHeight: number): number | null {
  if (row.top < scrollTop) return row.top
  const below = row.top + row.height - viewHeight
  return below > scrollTop ? below : null
}
