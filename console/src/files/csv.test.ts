import { expect, test } from 'vitest'

import { csv } from './csv'

test('a file begins with its mark, and its lines end as RFC 4180 says', () => {
  expect(csv(['单位', '单元'], [['天河', 3]])).toBe('\uFEFF单位,单元\r\n天河,3\r\n')
})

test.each(['=cmd', '+1', '-1', '@x', '\tx', '\rx', '\nx', '＝cmd', '＋1', '－1', '＠x'])('%j is not taken for a formula', (text) => {
  expect(csv([], [[text]])).toContain(`'${text}`)
})

test('numbers stay numbers, also negative ones; nothing is an empty cell', () => {
  expect(csv(['a', 'b'], [[-1.5, null]])).toBe('\uFEFFa,b\r\n-1.5,\r\n')
})

test('quotes, commas and lines stay within their cell', () => {
  expect(csv(['a'], [['他说"是", 然后\n走了']])).toBe('\uFEFFa\r\n"他说""是"", 然后\n走了"\r\n')
})
