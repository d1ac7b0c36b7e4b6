import type { Place } from '../../api/organisation'
import { kindOf, type IncidentEvent } from '../../incidents/incident'

/** How an event weighs in the timeline. */
export type Tone = 'plain' | 'good' | 'bad' | 'quiet'

/** One event, as it is to be told. `key` is in `desk.event`; `values` are what its words name. */
export interface Told {
  key: string
  tone: Tone
  values: Record<string, string | number>
  /** What a person wrote. */
  quote: string | null
  place: Place | null
}

/** Names and measures in the reader's language. */
export interface Texts {
  unit: (unitId: string) => string
  station: (stationId: string) => string
  distance: (metres: number) => string
  duration: (seconds: number) => string
  /** The words of a code: of a reason, an outcome. */
  code: (code: string) => string
  level: (level: number) => string
}

type Body = Record<string, unknown>
type Teller = (body: Body, texts: Texts) => Partial<Told>

const TELLERS: Record<string, Teller> = {
  'incident-reported': (body) => ({ quote: words(body['description']) }),
  'reinforcement-requested': (body, texts) => ({
    tone: 'quiet',
    values: { stage: number(body['stage']), count: needed(body['need']), reason: texts.code(text(body['reason'])) },
  }),
  'units-considered': (body) => {
    const missing = number(body['missing'])
    return {
      key: missing > 0 ? 'units-missing' : 'units-considered',
      tone: missing > 0 ? 'bad' : 'quiet',
      values: { stage: number(body['stage']), looked: list(body['candidates']).length, missing },
    }
  },
  'order-issued': (body, texts) => ({
    key: body['distance_m'] === null ? 'order-issued' : 'order-issued-from',
    values: {
      who: assignee(body, texts),
      stage: number(body['stage']),
      distance: texts.distance(number(body['distance_m'])),
      eta: texts.duration(number(body['eta_s'])),
    },
  }),
  'order-acknowledged': (body, texts) => ({
    key: body['on_behalf'] === true ? 'acknowledged-on-behalf' : 'order-acknowledged',
    tone: 'good',
    values: { who: assignee(body, texts), after: texts.duration(number(body['after_s'])) },
  }),
  'assignee-arrived': (body, texts) => ({
    key: body['on_behalf'] === true ? 'arrived-on-behalf' : 'assignee-arrived',
    tone: 'good',
    values: { who: assignee(body, texts), after: texts.duration(number(body['after_s'])) },
  }),
  'order-declined': (body, texts) => ({
    key: body['on_behalf'] === true ? 'declined-on-behalf' : 'order-declined',
    tone: 'bad',
    values: ofOrder(body, texts),
  }),
  'order-unanswered': (body, texts) => ({ tone: 'bad', values: ofOrder(body, texts) }),
  'order-withdrawn': (body, texts) => ({ tone: 'quiet', values: ofOrder(body, texts) }),
  'order-completed': (body, texts) => ({ tone: 'quiet', values: ofOrder(body, texts) }),
  'stage-attained': (body, texts) => ({
    key: body['in_time'] === false ? 'stage-attained-late' : 'stage-attained',
    tone: body['in_time'] === false ? 'bad' : 'good',
    values: { stage: number(body['stage']), after: texts.duration(number(body['after_s'])) },
  }),
  'stage-missed': (body) => ({ tone: 'bad', values: { stage: number(body['stage']) } }),
  'incident-escalated': (body, texts) => ({
    tone: 'bad', values: { level: texts.level(number(body['level'])), reason: texts.code(text(body['reason'])) },
  }),
  'sighting-reported': (body) => ({ quote: words(body['note']), place: place(body['location']) }),
  'broadcast-ordered': (body) => ({ quote: words(body['text']) }),
  'broadcast-recalled': (body, texts) => ({ tone: 'quiet', values: { reason: texts.code(text(body['reason'])) } }),
  'handed-over': (body, texts) => ({
    values: { to: texts.station(text(body['to'])) }, quote: words(body['note']),
  }),
  'incident-cleared': (body, texts) => ({
    tone: 'good', values: { outcome: texts.code(text(body['outcome'])) }, quote: words(body['note']),
  }),
  'incident-cancelled': (body, texts) => ({ tone: 'quiet', values: { reason: texts.code(text(body['reason'])) } }),
}

/** What the event says. One of a kind that is not known here is told by its name. */
export function tell(event: IncidentEvent, texts: Texts): Told {
  const kind = kindOf(event)
  const plain: Told = { key: kind, tone: 'plain', values: {}, quote: null, place: null }
  const teller = TELLERS[kind]
  return teller === undefined
    ? { ...plain, key: 'unknown', tone: 'quiet', values: { kind } }
    : { ...plain, ...teller(event.data, texts) }
}

function ofOrder(body: Body, texts: Texts): Record<string, string> {
  return { who: assignee(body, texts), reason: texts.code(text(body['reason'])) }
}

function assignee(body: Body, texts: Texts): string {
  const id = text(body['assignee_id'])
  return body['assignee_kind'] === 'police' ? texts.station(id) : texts.unit(id)
}

function needed(need: unknown): number {
  return typeof need === 'object' && need !== null ? number((need as { count?: unknown }).count) : 0
}

function place(value: unknown): Place | null {
  return typeof value === 'object' && value !== null ? (value as Place) : null
}

function words(value: unknown): string | null {
  const said = text(value).trim()
  return said === '' ? null : said
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
