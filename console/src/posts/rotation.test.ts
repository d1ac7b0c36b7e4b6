import { expect, test } from 'vitest'

import { againIn, isShown, nextIn } from './rotation'

test('the next code is asked for just behind the end of this one', () => {
  expect(nextIn(30_000, 10_000)).toBeGreaterThan(20_000)
  expect(nextIn(30_000, 10_000)).toBeLessThan(21_000)
})

test('a code that has ended already, for the clocks differ, is not asked for in a loop', () => {
  expect(nextIn(30_000, 30_000)).toBe(1_000)
  expect(nextIn(30_000, 90_000)).toBe(1_000)
})

test('no answer is tried again soon, a refusal later', () => {
  expect([againIn(0), againIn(503)]).toEqual([3_000, 3_000])
  expect([againIn(401), againIn(403), againIn(404)]).toEqual([30_000, 30_000, 30_000])
})

test('a code is hidden while there is still time to send what was scanned last', () => {
  expect([isShown(30_000, 29_000), isShown(30_000, 44_000), isShown(30_000, 46_000)]).toEqual([true, true, false])
})
