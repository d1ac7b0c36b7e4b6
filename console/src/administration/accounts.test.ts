import { expect, test } from 'vitest'

import { areDifferent, ID_PATTERN, idFrom, LOGIN_PATTERN, rightOf } from './accounts'

const NODE = { path: '/440100/440106', station_id: '440106' }

test('an officer has a node and no unit, a member a unit, an administrator neither station nor unit', () => {
  expect(rightOf('officer', NODE, 'u-1')).toEqual({ role: 'officer', path: NODE.path, station_id: '440106', unit_id: null })
  expect(rightOf('member', NODE, ' u-1 ')).toEqual({ role: 'member', path: NODE.path, station_id: '440106', unit_id: 'u-1' })
  expect(rightOf('auditor', NODE, 'u-1')).toEqual({ role: 'auditor', path: NODE.path, station_id: null, unit_id: null })
})

test('an id made of a login is one that the API takes', () => {
  for (const login of ['chen', 'chen@tianhe.example', '陈 明']) {
    expect(idFrom(login)).toMatch(new RegExp(`^${ID_PATTERN}$`, 'v'))
  }
  expect(idFrom('chen@x')).toBe('chen.x')
})

test.each([['chen', true], ['a', false], ['陈明', false], ['chen ming', false], ['chen@x.cn', true]])('%s as a login: %s', (login, isOne) => {
  expect(new RegExp(`^${LOGIN_PATTERN}$`, 'v').test(login)).toBe(isOne)
})

test('three people are three by id and by login, whatever the letters’ case', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((one) => ({ account_id: one, login: one, name: one }))
  expect(areDifferent([a!, b!, c!])).toBe(true)
  expect(areDifferent([a!, b!, { ...c!, account_id: 'a' }])).toBe(false)
  expect(areDifferent([a!, b!, { ...c!, login: 'A' }])).toBe(false)
})
