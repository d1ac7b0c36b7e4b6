import type { ColumnarRows } from './unit-table'

/**
 * What the stream said while all units are being read: an answer may be older than that, and must not undo it.
 *
 * They may be read twice at a time, and the answers may come the other way round, or not at all. Times are the service's,
 * as it writes them, so that they compare as texts.
 */
export class NewsWhileReading {
  private heard: ColumnarRows[] = []
  private readings = 0
  private takenAt = ''

  begin(): void {
    this.readings += 1
  }

  hear(news: ColumnarRows): void {
    if (this.readings > 0) this.heard.push(news)
  }

  /** All units have come, as of `at`: what was heard that is not older, in order. Null: newer ones were taken before. */
  end(at: string): ColumnarRows[] | null {
    const heard = this.heard
    this.fail()
    if (at < this.takenAt) return null
    this.takenAt = at
    return heard.filter((news) => news.at >= at)
  }

  /** They do not come. */
  fail(): void {
    this.readings -= 1
    if (this.readings === 0) this.heard = []
  }
}
