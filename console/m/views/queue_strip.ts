import type { App } from '../app'
import { button, el, icon, redraw, sureButton, type Child } from '../dom'
import { language, t } from '../language'
import { isHeld } from '../queue'
import type { Item } from '../store'
import { clockTime, span } from '../times'

const NEWS_MS = 4000 // what is sent at once need not be mentioned

/** What waits to be sent, since when, and the way to give it up. */
export function queueStrip(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'queue', 'aria-live': 'polite' })
  let is_open = false
  const draw = () => {
    const now = app.phone.now()
    const mine = app.phone.waiting().filter((item) => item.lane !== 'message') // a receipt is nobody's worry
    const held = mine.filter((item) => isHeld(item, now))
    const late = mine.filter((item) => !held.includes(item) && (now - item.made_at > NEWS_MS || app.phone.connection === 'off'))
    const others = app.phone.items.filter((item) => item.account_id !== app.phone.account?.account_id).length
    const since = span(now - Math.min(...late.map((item) => item.made_at)))
    const shows = [language(), ids(late), ids(held), others, since, is_open, held.map((item) => span(now - item.made_at))]
    redraw(node, shows, () => [
      ...held.map((item) => heldCard(app, item, now)),
      late.length > 0 && waitingCard(app, late, since, is_open, () => {
        is_open = !is_open
        draw()
      }),
      others > 0 && el('p', { class: 'card quiet' }, t('queue.others', { n: others })),
    ])
  }
  return { node, draw }
}

function ids(items: Item[]): string {
  return items.map((item) => `${item.id}${item.location === null ? '' : '!'}`).join()
}

function waitingCard(app: App, items: Item[], since: string, is_open: boolean, toggle: () => void): HTMLElement {
  const head = el('p', { class: 'line' }, icon('clock'), el('strong', {}, t('queue.waiting', { n: items.length, time: since })))
  const list: Child = is_open && el('ul', {}, ...items.map((item) => row(app, item)))
  return el(
    'div',
    { class: 'card waiting' },
    head,
    el('p', {}, t('queue.safe')),
    list,
    button('queue-more', t(is_open ? 'action.less' : 'action.more'), toggle, { class: 'text' }),
  )
}

function row(app: App, item: Item): HTMLElement {
  const said = `${t(`act.${item.act.kind}`)} · ${clockTime(item.made_at)}`
  if (item.location !== null) return el('li', {}, el('span', {}, said), el('span', {}, t('queue.deciding')))
  const give_up = sureButton(`give-up-${item.id}`, t('queue.remove'), t('queue.remove-sure'), () => app.phone.remove(item), 'text')
  return el('li', {}, el('span', {}, said), give_up)
}

function heldCard(app: App, item: Item, now: number): HTMLElement {
  return el(
    'div',
    { class: 'card failed', role: 'alert' },
    el('p', {}, el('strong', {}, t('queue.held', { time: span(now - item.made_at) }))),
    el(
      'div',
      { class: 'row' },
      button(`send-${item.id}`, t('queue.send-now'), () => app.phone.confirm(item), { class: 'danger', icon: 'send' }),
      button(`drop-${item.id}`, t('queue.remove'), () => app.phone.remove(item), { class: 'plain' }),
    ),
  )
}
