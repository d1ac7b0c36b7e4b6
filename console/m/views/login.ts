import type { App } from '../app'
import { el, icon } from '../dom'
import { t, type TextKey } from '../language'
import type { Step } from '../login_steps'
import { wordsFor } from '../problems'
import { problemCard } from './results'

/** Logging in, step by step; what was given before is sent again with each further step. */
export function loginForm(app: App): HTMLElement {
  const login = field('login', 'text', 'username', { autocapitalize: 'none', spellcheck: 'false' })
  const password = field('password', 'password', 'current-password')
  const fresh = field('new-password', 'password', 'new-password')
  const again = field('new-password.again', 'password', 'new-password')
  const code = field('second-factor', 'text', 'one-time-code', { inputmode: 'numeric', maxlength: 10 })
  const said = el('div', { 'aria-live': 'assertive' })
  const fields = el('div', {})
  const go = el('button', { type: 'submit', class: 'button go wide' }, el('span', {}, t('login.go')))
  const visible = el('input', { id: 'show', type: 'checkbox' })
  visible.addEventListener('change', () => {
    for (const { input } of [password, fresh, again]) input.type = visible.checked ? 'text' : 'password'
  })
  const show = (...shown: (Field | Node)[]) => {
    fields.replaceChildren(...shown.flatMap((each) => ('input' in each ? [each.label, each.input] : [each])))
    fields.querySelector('input')?.focus()
  }

  const ask = (step: Step) => {
    said.replaceChildren()
    const why = (key: TextKey) => el('p', {}, t(key))
    const showing = el('label', { class: 'line', for: 'show' }, visible, t('login.show'))
    switch (step.is) {
      case 'done':
        return
      case 'new-password':
        return show(why('login.new-password.why'), fresh, again, showing)
      case 'second-factor':
        return show(why('login.second-factor.why'), code)
      case 'enrolment':
        return show(why('login.enrolment.why'), ...enrolment(step.uri), code)
      case 'refused': {
        if (step.code === 'wrong-credentials' && !login.input.isConnected) show(login, password, showing)
        said.replaceChildren(problemCard(wordsFor(step.code, step.title), '', []))
        return
      }
    }
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    if (fresh.input.isConnected && fresh.input.value !== again.input.value) {
      said.replaceChildren(el('p', { class: 'bad', role: 'alert' }, t('login.mismatch')))
      return
    }
    go.disabled = true
    const optional = { ...(fresh.input.value ? { new_password: fresh.input.value } : {}), ...(code.input.value ? { code: code.input.value.trim() } : {}) }
    ask(await app.phone.session.login({ login: login.input.value.trim(), password: password.input.value, ...optional }))
    go.disabled = false
  }
  show(login, password, el('label', { class: 'line', for: 'show' }, visible, t('login.show')))
  return el(
    'form',
    { class: 'card login', onsubmit: submit },
    el('h2', { class: 'line' }, icon('shield'), t('login.title')),
    el('p', {}, t(app.duty.scan ? 'login.waits' : 'login.why')),
    said,
    fields,
    go,
  )
}

interface Field {
  label: HTMLLabelElement
  input: HTMLInputElement
}

function field(name: 'login' | 'password' | 'new-password' | 'new-password.again' | 'second-factor', type: string, autocomplete: string, more: Record<string, string | number> = {}): Field {
  const id = `login-${name.replace('.', '-')}`
  const input = el('input', { id, type, autocomplete, required: true, maxlength: 200, ...more })
  return { label: el('label', { for: id }, t(`login.${name}`)), input }
}

/** The authenticator app is on the same phone, so its link opens it; the key is for another one. */
function enrolment(uri: string): Node[] {
  const key = new URLSearchParams(uri.split('?')[1] ?? '').get('secret') ?? ''
  const link = uri.startsWith('otpauth://') ? [el('a', { class: 'button plain wide', href: uri }, t('login.enrolment.open'))] : []
  return [...link, el('p', {}, t('login.enrolment.key', { key }))]
}
