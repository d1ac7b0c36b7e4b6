import type { App } from '../app'
import { button, el, redraw, type Child } from '../dom'
import { isText, language, t } from '../language'
import { wordsFor, type Words } from '../problems'
import type { Act, Result } from '../store'

const SUCCESS_SHOWN_MS = 60_000
const QUIET: ReadonlySet<Act['kind']> = new Set(['acknowledge', 'decline', 'arrive', 'read', 'sos'])
const UNSHOWN: ReadonlySet<string> = new Set(['not-at-scene']) // the order asks about it itself

/** What became of what was sent: what went well for a minute, what did not until it is put away. */
export function resultCards(app: App): { node: HTMLElement; draw: () => void } {
  const node = el('section', { class: 'results', 'aria-live': 'assertive' })
  const draw = () => {
    const shown = app.phone.results.filter((result) => isShown(app, result))
    const no_fix = app.duty.no_fix
    redraw(node, [language(), shown.map(({ id }) => id), no_fix, !!app.duty.scan], () => [
      ...shown.map((result) => (result.ok ? successCard(app, result) : failureCard(app, result))),
      no_fix && problemCard(wordsFor(no_fix), '', []),
    ])
  }
  return { node, draw }
}

/** A problem's words, and what can be done about it at once. */
export function problemCard(words: Words, doing: string, actions: Child[]): HTMLElement {
  return el(
    'div',
    { class: 'card failed', role: 'alert' },
    doing ? el('p', { class: 'quiet' }, doing) : null,
    el('p', {}, el('strong', {}, words.what)),
    words.advice ? el('p', {}, words.advice) : null,
    actions.some(Boolean) ? el('div', { class: 'row' }, ...actions) : null,
  )
}

function isShown(app: App, { act, ok, at, code, account_id }: Result): boolean {
  if (account_id !== app.phone.account?.account_id) return false
  if (app.phone.waiting().some((item) => item.act.kind === act.kind)) return false // it is being tried again
  if (ok) return !QUIET.has(act.kind) && app.phone.now() - at < SUCCESS_SHOWN_MS
  return act.kind !== 'read' && !UNSHOWN.has(code)
}

function successCard(app: App, result: Result): HTMLElement {
  const key = `done.${result.act.kind}`
  return el(
    'div',
    { class: 'card done short-news' },
    el('p', {}, el('strong', {}, `✓ ${isText(key) ? t(key) : ''}`)),
    button(`ok-${result.id}`, t('action.close'), () => app.phone.dismiss(result), { class: 'text' }),
  )
}

function failureCard(app: App, result: Result): HTMLElement {
  const words = wordsFor(result.code, result.title)
  return problemCard(words, t(`act.${result.act.kind}`), [
    words.remedy === 'call' && el('a', { class: 'button danger', href: 'tel:110' }, t('sos.call')),
    button(`ok-${result.id}`, t('action.close'), () => app.phone.dismiss(result), { class: 'plain' }),
  ])
}
