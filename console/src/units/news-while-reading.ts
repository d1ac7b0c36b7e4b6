import type { ColumnarRows } from './unit-table'

/**
 * What the stream said while all units are being read: the answer may be older than that, and must not undo it.
 *
 * Times are the service's, as it writes them, so that they compare as texts.
 */
export class NewsWhileReading {
  private readonly heard: ColumnarRows[] = []

  hear(news: ColumnarRows): void {
    this.heard.push(news)
  }

  /** What is not older than a snapshot, in order. */
  since(at: string): ColumnarRows[] {
    return this.heard.filter((news) => news.at >= at)
  }
}
