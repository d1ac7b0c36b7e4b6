import { describe, expect, test } from 'vitest'
import { openOrders, standDowns, type Incident, type Message, type Order } from './orders'
import type { Act, Item } from './store'

const NOW = Date.parse('2026-03-01T08:00:00Z')

function message(change: Partial<Message> = {}): Message {
  return {
    id: 'D-1',
    incident_id: 'I-1',
    order_id: 'O-1',
    purpose: 'order',
    drill: false,
    number: '0042',
    text: '紧急指令0042',
    photo_url: null,
    at: '2026-03-01T07:59:00Z',
    expires_at: '2026-03-01T08:14:00Z',
    acknowledged_at: null,
    withdrawn: null,
    ...change,
  }
}

function incident(status: Order['status'], state: Incident['state'] = 'open'): Map<string, Incident> {
  const order: Order = {
    order_id: 'O-1',
    assignee_kind: 'unit',
    assignee_id: 'U-1',
    role: 'respond',
    status,
    distance_m: 210,
    eta_s: 150,
  }
  return new Map([
    [
      'I-1',
      {
        incident_id: 'I-1',
        state,
        class: 'rescue',
        severity: 'serious',
        drill: false,
        location: { lon: 113.3, lat: 23.1 },
        description: 'a woman bleeds',
        reported_at: '2026-03-01T07:59:00Z',
        orders: [order],
      },
    ],
  ])
}

function queued(kind: Act['kind'], about: Act['about'] = { order_id: 'O-1' }): Item {
  return {
    id: 1,
    key: 'k',
    account_id: 'A',
    made_at: NOW,
    location: null,
    asked_since: null,
    confirmed: false,
    act: { kind, about },
    lane: 'order',
    path: '/',
    type: '',
    body: '',
  }
}

const NONE = new Map<string, Incident>()

describe('an order is', () => {
  test.each([
    ['issued', ['asked']],
    ['acknowledged', ['coming']],
    ['arrived', ['there']],
    ['declined', []],
    ['unanswered', []],
    ['withdrawn', []],
    ['completed', []],
  ] as [Order['status'], string[]][])('%s: %j', (status, stages) => {
    expect(openOrders([message()], incident(status), [], NOW).map(({ stage }) => stage)).toEqual(stages)
  })

  test('over when its incident is closed', () => {
    expect(openOrders([message()], incident('arrived', 'closed'), [], NOW)).toEqual([])
  })

  test.each([
    ['fresh', {}, ['asked']],
    ['answered', { withdrawn: 'answered' }, ['coming']],
    ['declined', { withdrawn: 'declined' }, []],
    ['expired', { expires_at: '2026-03-01T07:59:59Z' }, []],
  ] as [string, Partial<Message>, string[]][])('known by its message alone: %s', (_, change, stages) => {
    expect(openOrders([message(change)], NONE, [], NOW).map(({ stage }) => stage)).toEqual(stages)
  })

  test.each([
    ['acknowledge', ['coming']],
    ['arrive', ['there']],
    ['decline', []],
  ] as [Act['kind'], string[]][])('answered on this phone though it is not sent yet: %s', (kind, stages) => {
    const found = openOrders([message()], incident('issued'), [queued(kind)], NOW)
    expect(found.map(({ stage, is_sending }) => is_sending && stage)).toEqual(stages)
  })

  test('not brought back by an answer that waits, once it is over', () => {
    expect(openOrders([message()], incident('withdrawn'), [queued('acknowledge')], NOW)).toEqual([])
  })

  test('shown once, however often it was told', () => {
    expect(openOrders([message(), message({ id: 'D-2' })], incident('issued'), [], NOW)).toHaveLength(1)
  })

  test('no order, for other messages and for yesterday', () => {
    const others = [message({ purpose: 'notice' }), message({ at: '2026-02-28T08:00:00Z' })]
    expect(openOrders(others, incident('issued'), [], NOW)).toEqual([])
  })
})

test('a stand-down is shown until it is read, also when the server was not told yet', () => {
  const down = message({ purpose: 'stand-down' })
  expect(standDowns([down], [], NOW)).toEqual([down])
  expect(standDowns([{ ...down, acknowledged_at: '2026-03-01T08:00:00Z' }], [], NOW)).toEqual([])
  expect(standDowns([down], [queued('read', { message_id: 'D-1' })], NOW)).toEqual([])
})
