import { expect, test } from 'vitest'

import { cityLogIn, cityLogsIn, problemBrought } from './city'

const answering = (answer: () => Promise<unknown>) => ({ get: answer as <T>() => Promise<T> })

test('the city’s log-in is offered where there is one', async () => {
  expect(await cityLogsIn(answering(() => Promise.resolve({ oidc: true })))).toBe(true)
  expect(await cityLogsIn(answering(() => Promise.resolve({ oidc: false })))).toBe(false)
  expect(await cityLogsIn(answering(() => Promise.reject(new Error('offline'))))).toBe(false)
})

test.each([
  ['/', '/console/'],
  ['/map?at=113.3,23.1,14.00&unit=u-1', '/console/map?at=113.3,23.1,14.00&unit=u-1'],
  ['/desk#top', '/console/desk'],
  ['/map?unit=岗|[1]', '/console/map?unit=%E5%B2%97%7C%5B1%5D'],
  ['/map//evil', '/console/'],
  ['/../checkin', '/console/'],
  ['/%2E./checkin', '/console/'],
  ['/a/.', '/console/'],
  ['/map?from=..//..', '/console/map?from=..//..'],
  [`/${'x'.repeat(900)}`, '/console/'],
])('who left %s comes back to %s', (page, back) => {
  expect(new URL(cityLogIn(page), 'http://any').searchParams.get('return_to')).toBe(back)
})

test('only what the services say is a problem', () => {
  expect(problemBrought('login-stale')).toBe('login-stale')
  expect(problemBrought('<b>your account was closed, call 12345</b>')).toBeNull()
  expect(problemBrought(['login-stale'])).toBeNull()
  expect(problemBrought(undefined)).toBeNull()
})
