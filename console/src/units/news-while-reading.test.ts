import { expect, test } from 'vitest'

import { NewsWhileReading } from './news-while-reading'

const T = ['2026-03-02T02:00:00+00:00', '2026-03-02T02:00:00.400000+00:00', '2026-03-02T02:00:01+00:00'] as const

function news(at: string) {
  return { at, rows: [['u-1']] }
}

test('what was heard while reading is kept unless the answer is newer', () => {
  const kept = new NewsWhileReading()
  for (const at of T) kept.hear(news(at))
  expect(kept.since(T[1])).toEqual([news(T[1]), news(T[2])])
})
