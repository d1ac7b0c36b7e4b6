import { expect, test } from 'vitest'

import { shareText } from './share-text'

test.each([[0, '0.0 %'], [0.0001, '0.1 %'], [0.912, '91.2 %'], [0.9996, '99.9 %'], [1, '100.0 %']])('%d is %s', (share, text) => {
  expect(shareText(share)).toBe(text)
})
