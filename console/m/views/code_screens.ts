import type { App } from '../app'
import { codeKind, readLink, tidyCode, type Link } from '../code'
import { el, icon } from '../dom'
import { t } from '../language'
import { scanWith } from '../scanner'

/** Typing a post's code by hand. */
export function codeScreen(app: App): HTMLElement {
  const input = el('input', {
    id: 'code', type: 'text', autocapitalize: 'characters', autocomplete: 'off', autocorrect: 'off', spellcheck: 'false',
    maxlength: 40, 'aria-describedby': 'code-bad',
  })
  const bad = el('p', { id: 'code-bad', class: 'bad', role: 'alert' })
  const take = async (event: Event) => {
    event.preventDefault()
    const code = tidyCode(input.value)
    bad.textContent = codeKind(code) === null ? t('scan.bad') : ''
    if (bad.textContent) return
    await app.duty.take({ code, unit: null, post: null })
    app.go('home')
  }
  return el(
    'form',
    { class: 'card', onsubmit: take },
    el('label', { for: 'code' }, t('scan.label')),
    input,
    bad,
    el('button', { type: 'submit', class: 'button go wide' }, icon('keyboard'), el('span', {}, t('login.next'))),
  )
}

/** Reading a post's code with the camera. It ends when the screen is left. */
export function cameraScreen(app: App, leave: AbortSignal): HTMLElement {
  const video = el('video', { playsinline: true, 'aria-label': t('scan.camera.aim') })
  video.muted = true
  const said = el('p', { role: 'status' }, t('scan.camera.aim'))
  scanWith(video, linkIn, leave).then(
    async (link) => {
      if (!link) return
      await app.duty.take(link)
      app.go('home')
    },
    () => {
      said.textContent = t('scan.camera.refused')
      said.className = 'bad'
    },
  )
  return el('section', { class: 'card camera' }, video, said)
}

/** The code in a scanned text: a link to this page, or the bare code. */
function linkIn(text: string): Link | null {
  try {
    const { search, hash } = new URL(text)
    return readLink(search, hash)
  } catch {
    const code = tidyCode(text)
    return codeKind(code) === null ? null : { code, unit: null, post: null }
  }
}
