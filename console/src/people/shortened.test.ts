import { expect, test } from 'vitest'

import { shortened } from './shortened'

test.each([
  ['m-1', 'm-1'],
  ['0123456789abcdef', '0123456789abcdef'],
  ['0b0c7a52-7f3e-4b1e-9a54-2f4d3c1b5a69', '0b0c7a52…5a69'],
])('%s is shown as %s', (id, shown) => {
  expect(shortened(id)).toBe(shown)
})
