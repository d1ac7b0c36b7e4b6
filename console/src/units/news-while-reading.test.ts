import { expect, test } from 'vitest'

import { NewsWhileReading } from './news-while-reading'

const T = ['2026-03-02T02:00:00+00:00', '2026-03-02T02:00:00.400000+00:00', '2026-03-02T02:00:01+00:00'] as const
type Time = 0 | 1 | 2

function news(at: Time) {
  return { at: T[at], rows: [['u-1']] }
}

const reading = (kept: NewsWhileReading) => { kept.begin() }
const failed = (kept: NewsWhileReading) => { kept.fail() }
const heard = (at: Time) => (kept: NewsWhileReading) => { kept.hear(news(at)) }
/** All have come, as of then; what is to be taken after them, null: they are passed over. */
const all = (at: Time, after: Time[] | null) => (kept: NewsWhileReading) => {
  expect(kept.end(T[at])).toEqual(after?.map(news) ?? null)
}

test.each([
  ['unless the answer is newer', [reading, heard(0), heard(1), heard(2), all(1, [1, 2])]],
  ['not from before', [heard(2), reading, all(0, [])]],
  ['not for the next time', [reading, heard(2), all(0, [2]), reading, all(0, [])]],
  ['also for the later of two answers', [reading, heard(1), reading, all(0, [1]), heard(2), all(1, [1, 2])]],
  ['also from before the second reading began', [reading, heard(1), reading, heard(2), all(0, [1, 2])]],
  ['and the older of two answers is passed over', [reading, reading, heard(2), all(1, [2]), all(0, null)]],
  ['also while another reading has failed', [reading, heard(1), reading, failed, heard(2), all(0, [1, 2])]],
  ['not after a reading that failed', [reading, heard(2), failed, heard(2), reading, all(0, [])]],
] as const)('what was heard while reading is kept: %s', (_, steps) => {
  const kept = new NewsWhileReading()
  for (const step of steps) step(kept)
})
