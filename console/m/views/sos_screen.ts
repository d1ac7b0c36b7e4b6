import type { SosClass } from '../acts'
import type { App } from '../app'
import { button, el, icon, redraw, type Child } from '../dom'
import { holdButton } from '../hold_button'
import { language, t } from '../language'
import type { Order } from '../orders'
import { classWords } from './order_card'
import { problemCard } from './results'
import { wordsFor } from '../problems'

const CLASSES: readonly SosClass[] = ['serious-violence', 'rescue', 'accident', 'public-order']

/** Calling for help, and then what comes of it. */
export function sosScreen(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'sos' })
  let has_no_place = false
  let is_calling = false
  const call = async () => {
    is_calling = true
    draw()
    has_no_place = !(await app.sos.call())
    is_calling = false
    draw()
  }
  const draw = () => {
    const waiting = app.sos.waiting()
    const answered = app.sos.answered()
    const { chosen, incident } = app.sos
    const { fix, connection } = app.phone
    const accuracy = fix && Math.round(fix.accuracy_m)
    const is_sending = is_calling || !!waiting
    redraw(node, [language(), waiting?.id, answered?.id, chosen, incident, accuracy, connection, has_no_place, is_calling], () => [
      is_sending
        ? sending(connection === 'on')
        : answered?.ok
          ? received(app)
          : choosing(app, accuracy, () => void call(), answered ? problemCard(wordsFor(answered.code, answered.title), '', []) : has_no_place && noPlace()),
      el('a', { class: 'button plain wide', href: 'tel:110' }, icon('call'), el('span', {}, t('sos.call'))),
    ])
  }
  app.sos.warmUp()
  return { node, draw }
}

function choosing(app: App, accuracy: number | null, call: () => void, problem: Child): HTMLElement {
  const choices = CLASSES.map((each) =>
    el(
      'label',
      { class: 'choice' },
      el('input', { type: 'radio', name: 'class', value: each, key: each, checked: app.sos.chosen === each, onchange: () => {
        app.sos.chosen = each
        app.phone.changed()
      } }),
      el('span', {}, classWords(each)),
    ),
  )
  return el(
    'div',
    { class: 'card' },
    problem,
    el('fieldset', {}, el('legend', {}, t('sos.what')), el('div', { class: 'choices' }, ...choices)),
    holdButton(call),
    el('p', {}, t('sos.hold.how')),
    el('p', { class: 'quiet' }, accuracy === null ? t('sos.where.none') : t('sos.where', { m: accuracy })),
  )
}

function noPlace(): HTMLElement {
  return problemCard({ ...wordsFor('location-unavailable'), advice: t('problem.no-station.do') }, '', [])
}

function sending(is_online: boolean): HTMLElement {
  return el('div', { class: 'card failed', role: 'status' }, el('h2', {}, t('sos.sending')), is_online ? null : el('p', {}, el('strong', {}, t('sos.sending.offline'))))
}

function received(app: App): HTMLElement {
  const result = app.sos.answered()!
  return el(
    'div',
    { class: 'card done', role: 'status' },
    el('h2', {}, `✓ ${t('sos.received')}`),
    ...helpComing(app),
    button('sos-done', t('action.close'), async () => {
      await app.phone.dismiss(result)
      app.go('home')
    }, { class: 'plain wide' }),
  )
}

/** Who was ordered, who comes, who is there. */
export function helpComing(app: App): Child[] {
  const { incident } = app.sos
  if (incident?.state === 'closed') return [el('p', {}, t('sos.closed'))]
  const orders = incident?.orders ?? []
  const count = (...states: Order['status'][]) => orders.filter(({ status }) => states.includes(status)).length
  const [ordered, coming, there] = [count('issued', 'acknowledged', 'arrived'), count('acknowledged'), count('arrived')]
  return [
    el('p', {}, incident?.state === 'handed-over' ? t('sos.handed-over') : t('sos.next')),
    el(
      'p',
      { class: 'counts' },
      ordered > 0 && el('span', {}, t('sos.ordered', { n: ordered })),
      coming > 0 && el('strong', {}, t('sos.coming', { n: coming })),
      there > 0 && el('strong', {}, t('sos.there', { n: there })),
    ),
  ]
}
