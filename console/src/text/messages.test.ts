import { expect, test } from 'vitest'

import { folders, type Words } from '.'

function keysOf(words: Words, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) => (
    typeof value === 'string' ? [before + key] : keysOf(value, `${before}${key}.`)
  ))
}

test.each(Object.keys(folders))('%s says the same things in both languages', (folder) => {
  const { 'zh-CN': chinese, en } = folders[folder]!
  expect(keysOf(en).sort()).toEqual(keysOf(chinese).sort())
})
