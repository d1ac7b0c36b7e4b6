import { describe, expect, test } from 'vitest'
import { codeKind, grouped, readLink, tidyCode } from './code'

describe('the link of a post', () => {
  test.each([
    ['?u=U-1', '#c=ABCDEFGHIJ23&p=P-9', { code: 'ABCDEFGHIJ23', unit: 'U-1', post: 'P-9' }],
    ['?unit=U-1', '#c=abcd-efgh-ij23', { code: 'ABCDEFGHIJ23', unit: 'U-1', post: null }],
    ['', '#ABCDEFGHIJ', { code: 'ABCDEFGHIJ', unit: null, post: null }],
    ['', '#abcd%20efgh%20ij', { code: 'ABCDEFGHIJ', unit: null, post: null }],
  ])('%s%s', (search, hash, link) => {
    expect(readLink(search, hash)).toEqual(link)
  })

  test.each([
    ['', ''],
    ['?u=U-1', '#'],
    ['', '#p=P-9'],
    ['', '#%E0%A4%A'],
  ])('carries no code in %s%s', (search, hash) => {
    expect(readLink(search, hash)).toBeNull()
  })
})

test('a typed code is read whatever its case, groups, width of letters and look-alike digits', () => {
  expect(tidyCode(' abcd–efgh　ij２３ ')).toBe('ABCDEFGHIJ23')
  expect(tidyCode('0 1 8')).toBe('OIB')
})

test.each([
  ['ABCDEFGHIJ23', 'rotating'],
  ['ABCDEFGHIJ', 'printed'],
  ['ABCDEFGHIJ2', null],
  ['ABCDEFGHIJ29', null],
  ['', null],
])('%s is %s', (code, kind) => {
  expect(codeKind(code)).toBe(kind)
})

test('groups of four are easier to compare with a display', () => {
  expect(grouped('ABCDEFGHIJ23')).toBe('ABCD EFGH IJ23')
})
