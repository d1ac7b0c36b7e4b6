import type { App } from '../app'
import { button, el, icon, redraw, type Child } from '../dom'
import { isText, language, t } from '../language'
import type { Message, OrderSeen } from '../orders'
import { metresBetween } from '../place'
import { clockTime, distance } from '../times'

const FIX_FRESH_MS = 120_000
const REASONS = ['unavailable', 'cannot-leave-post', 'too-few-people', 'no-equipment', 'too-far'] as const

/** The orders that want something, newest first, large; and those to turn back from. */
export function orderCards(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'orders', 'aria-live': 'assertive' })
  let declining: string | null = null
  const choose = (order_id: string | null) => {
    declining = order_id
    draw()
  }
  const draw = () => {
    const open = app.orders.open()
    const downs = app.orders.standDowns()
    const asks = open.map((seen) => question(app, seen))
    const aways = open.map((seen) => away(app, seen))
    const { arriving } = app.orders
    redraw(node, [language(), open, downs, asks, aways, declining, arriving], () => [
      ...open.map((seen, index) => orderCard(app, seen, { asks: asks[index] ?? null, away: aways[index] ?? null, declining, choose })),
      ...downs.map((message) => standDownCard(app, message)),
    ])
  }
  return { node, draw }
}

interface Told {
  asks: string | null
  away: string | null
  declining: string | null
  choose(order_id: string | null): void
}

function orderCard(app: App, seen: OrderSeen, told: Told): HTMLElement {
  const { message, incident, order, stage } = seen
  const role = order?.role ?? 'respond'
  const is_asking_why = told.declining === message.order_id && stage === 'asked'
  return el(
    'article',
    { class: `card order ${stage} ${message.drill ? 'drill' : ''}` },
    message.drill ? el('p', { class: 'drill-mark' }, t('order.drill')) : null,
    el('p', { class: 'line' }, el('strong', {}, t(`order.${role}`)), el('span', { class: 'quiet' }, t('order.number', { number: message.number }))),
    incident ? el('h2', {}, classWords(incident.class), ' · ', severityWords(incident.severity)) : null,
    told.away ? el('p', { class: 'away' }, t('order.away', { distance: told.away })) : null,
    el('p', { class: 'text', dir: 'auto' }, incident?.description || message.text),
    stage === 'asked' || stage === 'coming' ? el('p', {}, t(`order.${role}.how`)) : null,
    stage === 'asked' && order?.respond_by ? el('p', { class: 'quiet' }, t('order.answer-by', { time: clockTime(Date.parse(order.respond_by)) })) : null,
    links(seen),
    stage === 'coming' || stage === 'there' ? el('p', { class: 'said' }, t(`order.stage.${stage}`)) : null,
    stage === 'there' ? el('p', {}, t('order.stage.there.how')) : null,
    seen.is_sending ? el('p', { class: 'line', role: 'status' }, icon('send'), t('order.sending')) : null,
    ...(told.asks ? reallyThere(app, seen, told.asks) : is_asking_why ? reasons(app, seen, told) : answers(app, seen, told)),
  )
}

function answers(app: App, seen: OrderSeen, told: Told): Child[] {
  const id = seen.message.order_id ?? ''
  const cannot = button(`cannot-${id}`, t('order.cannot'), () => told.choose(id), { class: 'plain', icon: 'no' })
  switch (seen.stage) {
    case 'asked':
      return [button(`coming-${id}`, t('order.coming'), () => app.orders.acknowledge(seen), { class: 'go wide', icon: 'run' }), cannot]
    case 'coming': {
      const is_locating = app.orders.arriving === id
      const label = is_locating ? t('locating') : t('order.arrived')
      return [button(`arrived-${id}`, label, () => app.orders.arrive(seen), { class: 'go wide', icon: 'flag', disabled: is_locating })]
    }
    default:
      return []
  }
}

function reasons(app: App, seen: OrderSeen, told: Told): Child[] {
  return [
    el('p', {}, el('strong', {}, t('order.why'))),
    ...REASONS.map((reason) =>
      button(`why-${reason}`, t(`decline.${reason}`), () => {
        told.choose(null)
        return app.orders.decline(seen, reason)
      }, { class: 'plain wide' }),
    ),
    button('why-back', t('action.back'), () => told.choose(null), { class: 'text' }),
  ]
}

function reallyThere(app: App, seen: OrderSeen, question: string): Child[] {
  return [
    el('p', { role: 'alert' }, el('strong', {}, question)),
    button('really', t('order.really'), () => app.orders.arriveByHand(seen), { class: 'go wide', icon: 'flag' }),
    button('not-yet', t('order.not-yet'), () => app.orders.notYet(seen), { class: 'plain' }),
  ]
}

/** What is asked when the position does not show that the person is there; null when nothing is. */
function question(app: App, seen: OrderSeen): string | null {
  const id = seen.message.order_id ?? ''
  if (seen.stage !== 'coming' || seen.is_sending) return null
  if (app.orders.unplaced === id) return t('order.no-position')
  if (!app.orders.refusedArrival(id)) return null
  return t('order.not-at-scene', { distance: away(app, seen) ?? '?' })
}

/** How far the scene is: from where the phone is, else from where the unit was when it was ordered. */
function away(app: App, { incident, order }: OrderSeen): string | null {
  const { fix } = app.phone
  if (incident && fix && Date.now() - fix.at < FIX_FRESH_MS) return distance(metresBetween(fix, incident.location))
  return order?.distance_m === null || order?.distance_m === undefined ? null : distance(order.distance_m)
}

function links({ message, incident }: OrderSeen): Child {
  const photo = message.photo_url && /^https?:/.test(message.photo_url) ? message.photo_url : null
  if (!incident && !photo) return null
  return el(
    'div',
    { class: 'row' },
    incident && el('a', { class: 'button plain', href: mapAddress(incident.location) }, icon('map'), el('span', {}, t('order.map'))),
    photo && el('a', { class: 'button plain', href: photo, target: '_blank', rel: 'noopener noreferrer' }, icon('camera'), el('span', {}, t('order.photo'))),
  )
}

/** Opens the phone's own map; Apple's phones know no geo: addresses. */
function mapAddress({ lon, lat }: { lon: number; lat: number }): string {
  const place = `${lat.toFixed(6)},${lon.toFixed(6)}`
  return /iPhone|iPad/.test(navigator.userAgent) ? `https://maps.apple.com/?q=${place}` : `geo:${place}?q=${place}`
}

function standDownCard(app: App, message: Message): HTMLElement {
  return el(
    'article',
    { class: `card stand-down ${message.drill ? 'drill' : ''}` },
    message.drill ? el('p', { class: 'drill-mark' }, t('order.drill')) : null,
    el('h2', {}, t('stand-down')),
    el('p', { class: 'text', dir: 'auto' }, message.text),
    button(`read-${message.id}`, t('message.read'), () => app.orders.read(message), { class: 'plain wide' }),
  )
}

export function classWords(incident_class: string): string {
  const key = `class.${incident_class}`
  return isText(key) ? t(key) : incident_class
}

function severityWords(severity: string): string {
  const key = `severity.${severity}`
  return isText(key) ? t(key) : severity
}
