import { expect, test } from 'vitest'
import { wordsFor } from './problems'
import { TEXTS } from './texts'

test.each([
  ['code-expired', 'scan'],
  ['code-invalid', 'scan'],
  ['outside-geofence', 'again'],
  ['location-refused', 'again'],
  ['too-many-attempts', null],
  ['unit-suspended', null],
  ['no-station', 'call'],
])('%s has plain words with what to do, and %s helps', (code, remedy) => {
  const words = wordsFor(code, 'The server’s own title')
  expect(words.remedy).toBe(remedy)
  expect(words.what).not.toBe('The server’s own title')
  expect(words.advice).not.toBe('')
})

test('an unknown problem is shown by the server’s title', () => {
  expect(wordsFor('brand-new', '全新的问题')).toEqual({ what: '全新的问题', advice: '', remedy: null })
  expect(wordsFor('toString').what).toBe(TEXTS['problem.unavailable'][0])
})

test('every problem says what to do, in both languages, and both take the same values', () => {
  for (const [key, [chinese, english]] of Object.entries(TEXTS)) {
    expect(chinese, key).not.toBe('')
    expect(english, key).not.toBe('')
    const filled = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()
    expect(filled(english), key).toEqual(filled(chinese))
    if (key.startsWith('problem.') && !key.endsWith('.do')) expect(TEXTS).toHaveProperty([`${key}.do`])
  }
})
