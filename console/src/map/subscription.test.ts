import { expect, test } from 'vitest'

import type { Box } from '../units/unit-filter'
import { boxToAskFor } from './subscription'

const VIEW: Box = [113, 23, 114, 24]
const ASKED = boxToAskFor(null, VIEW)

test('more than the view is asked for', () => {
  expect(ASKED).toEqual([112.5, 22.5, 114.5, 24.5])
})

test('a small move and a little zooming need no new stream', () => {
  expect(boxToAskFor(ASKED, [113.4, 23.4, 114.4, 24.4])).toBe(ASKED)
  expect(boxToAskFor(ASKED, [113.2, 23.2, 113.8, 23.8])).toBe(ASKED)
})

test('looking elsewhere, or much nearer, does', () => {
  expect(boxToAskFor(ASKED, [114, 23, 115, 24])).toEqual([113.5, 22.5, 115.5, 24.5])
  expect(boxToAskFor(ASKED, [113.4, 23.4, 113.6, 23.6])[0]).toBeCloseTo(113.3)
})

test('nothing beyond the earth is asked for', () => {
  expect(boxToAskFor(null, [-170, -80, 170, 80])).toEqual([-180, -85, 180, 85])
})
