import { expect, test } from 'vitest'
import type { Answer } from './http'
import { verdictOn, type Verdict } from './verdicts'

function answer(status: number, code = '', more: Partial<Answer> = {}): Answer {
  return { status, code, title: '', body: {}, etag: null, location: null, retry_after_ms: null, date: null, ...more }
}

test.each([
  [201, '', 'final'],
  [200, '', 'final'],
  [422, 'code-expired', 'final'],
  [409, 'order-not-open', 'final'],
  [404, 'incident-unknown', 'final'],
  [403, 'forbidden', 'final'],
  [413, 'body-too-large', 'final'],
  [429, 'too-many-attempts', 'final'],
  [429, 'try-later', 'again'],
  [409, 'idempotency-in-flight', 'again'],
  [401, 'token-expired', 'again'],
  [0, 'unreachable', 'again'],
  [500, 'internal-fault', 'again'],
  [503, 'unavailable', 'again'],
  [401, 'session-ended', 'login'],
  [422, 'outcome-lost', 'anew'],
  [409, 'outcome-lost', 'anew'],
] as [number, string, Verdict['is']][])('%i %s: %s', (status, code, is) => {
  expect(verdictOn(answer(status, code), false).is).toBe(is)
})

test('202 is followed to where it says; asked there, 202 means: not yet', () => {
  const pending = answer(202, '', { location: '/dispatch/v1/commands/I/C' })
  expect(verdictOn(pending, false)).toEqual({ is: 'pending', location: '/dispatch/v1/commands/I/C' })
  expect(verdictOn(pending, true)).toEqual({ is: 'again', after_ms: 1000 })
})

test('the server’s word on when to come back is kept', () => {
  expect(verdictOn(answer(503, 'unavailable', { retry_after_ms: 2000 }), false)).toEqual({ is: 'again', after_ms: 2000 })
})

test.each([
  [{ incident_id: 'I-1' }, 'I-1'],
  [{ status: 'accepted', aggregate_id: 'I-1' }, 'I-1'],
  [{}, null],
])('an SOS is known by the incident it became: %j', (body, incident_id) => {
  expect(verdictOn(answer(200, '', { body }), false)).toMatchObject({ is: 'final', ok: true, incident_id })
})
