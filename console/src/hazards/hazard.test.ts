import { expect, test } from 'vitest'

import { actOn, neighbourOf, storyOf, withNewer, type Hazard, type Step } from './hazard'

const DONE: Step = { by: 'leader', at: '2026-03-02T09:00:00Z', note: '已更换' }
const SEEN: Step = { by: 'officer', at: '2026-03-02T10:00:00Z', note: '' }

function hazard(more: Partial<Hazard> = {}): Hazard {
  return {
    hazard_id: 'h-1', status: 'reported', kind: 'fire', note: '灭火器过期', unit_id: 'u-1', station_id: '440106001',
    path: '/440100/440106/440106001', location: { lon: 113.3, lat: 23.1 }, accuracy_m: 5, has_photo: true,
    found_at: '2026-03-02T07:59:00Z', reported_at: '2026-03-02T08:00:00Z', reported_by: 'member', rectified: null, verified: null,
    ...more,
  }
}
const RECTIFIED = hazard({ status: 'rectified', rectified: DONE })
const VERIFIED = hazard({ status: 'verified', rectified: DONE, verified: SEEN })

test.each([
  [hazard(), 'officer', 'rectify'],
  [RECTIFIED, 'officer', 'verify'],
  [RECTIFIED, 'leader', null],
  [VERIFIED, 'officer', null],
] as const)('what may be done next, and by whom: case %#', (one, account, act) => {
  expect(actOn(one, account)).toBe(act)
})

test('the story tells what happened, and no more', () => {
  expect(storyOf(hazard())).toEqual([{ status: 'reported', by: 'member', at: '2026-03-02T08:00:00Z', note: '灭火器过期' }])
  expect(storyOf(RECTIFIED).map(({ status, by }) => [status, by])).toEqual([['reported', 'member'], ['rectified', 'leader']])
  expect(storyOf(VERIFIED).map(({ status }) => status)).toEqual(['reported', 'rectified', 'verified'])
})

test('a newer one takes its place; one that is not listed is not added', () => {
  const list = [hazard({ hazard_id: 'h-2' }), hazard()]
  expect(withNewer(list, RECTIFIED).map(({ status }) => status)).toEqual(['reported', 'rectified'])
  expect(withNewer(list, hazard({ hazard_id: 'h-3' }))).toEqual(list)
})

test.each([[null, 1, 'h-1'], ['h-1', 1, 'h-2'], ['h-2', 1, 'h-2'], ['h-1', -1, 'h-1'], ['gone', -1, 'h-1']] as const)(
  'from %s by %i: %s', (chosen, by, found) => {
    expect(neighbourOf([hazard(), hazard({ hazard_id: 'h-2' })], chosen, by)?.hazard_id).toBe(found)
  },
)

test('in an empty list there is no neighbour', () => {
  expect(neighbourOf([], 'h-1', 1)).toBeNull()
})
