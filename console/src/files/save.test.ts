import { expect, test } from 'vitest'

import { fileName } from './save'

test('a station’s name cannot leave the folder, nor turn the ending around', () => {
  expect(fileName('统计', '../a:b', '\u202Egpj.exe')).toBe('统计_..-a-b_-gpj.exe')
})

test('a file’s name stays as short as file systems ask for', () => {
  expect(fileName('长'.repeat(500))).toHaveLength(150)
})
