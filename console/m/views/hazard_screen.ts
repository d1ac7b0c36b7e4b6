import { hazard } from '../acts'
import type { App } from '../app'
import { el, icon } from '../dom'
import { t } from '../language'
import { newId } from '../phone'
import { shrunk } from '../photo'
import { wordsFor } from '../problems'
import { problemCard } from './results'

export const HAZARD_KINDS = ['fire', 'electrical', 'blocked-exit', 'structure', 'crowd', 'equipment', 'other'] as const

/** Reporting a hazard, with a photograph if there is one. */
export function hazardScreen(app: App): HTMLElement {
  let photo: Blob | null = null
  const said = el('div', { 'aria-live': 'assertive' })
  const preview = el('img', { class: 'preview', alt: t('hazard.photo'), hidden: true })
  const camera = el('span', {}, t('hazard.photo'))
  const file = el('input', { id: 'photo', type: 'file', accept: 'image/*', capture: 'environment', class: 'unseen' })
  const note = el('textarea', { id: 'note', rows: 3, maxlength: 2000 })
  const go = el('button', { type: 'submit', class: 'button go wide' }, icon('send'), el('span', {}, t('hazard.send')))

  const take = async (taken: File) => {
    go.disabled = true
    camera.textContent = t('hazard.photo.shrinking')
    photo = await shrunk(taken)
    go.disabled = false
    camera.textContent = t(photo ? 'hazard.photo.again' : 'hazard.photo')
    said.replaceChildren(photo ? '' : el('p', { class: 'bad', role: 'alert' }, t('hazard.photo.bad')))
    URL.revokeObjectURL(preview.src)
    preview.hidden = photo === null
    if (photo) preview.src = URL.createObjectURL(photo)
  }
  file.addEventListener('change', () => {
    const taken = file.files?.[0]
    if (taken) void take(taken)
  })

  const submit = async (event: Event) => {
    event.preventDefault()
    const found_at = app.phone.now()
    const kind = form.querySelector<HTMLInputElement>('input[name=kind]:checked')?.value ?? 'other'
    const label = go.lastElementChild!
    go.disabled = true
    label.textContent = t('locating')
    const fix = await app.phone.locate()
    go.disabled = false
    label.textContent = t('hazard.send')
    if (typeof fix === 'string') {
      said.replaceChildren(problemCard(wordsFor(fix), '', []))
      return
    }
    const told = { kind, note: note.value.trim(), fix, photo, found_at }
    await app.phone.queue.add(await hazard(app.phone.account?.unit_id ?? '', told, newId()))
    app.go('home')
  }

  const choices = HAZARD_KINDS.map((kind, index) =>
    el('label', { class: 'choice' }, el('input', { type: 'radio', name: 'kind', value: kind, checked: index === 0 }), el('span', {}, t(`hazard.kind.${kind}`))),
  )
  const form = el(
    'form',
    { class: 'card', onsubmit: submit },
    el('h2', {}, t('hazard.title')),
    said,
    el('fieldset', {}, el('legend', {}, t('hazard.kind')), el('div', { class: 'choices' }, ...choices)),
    file,
    el('label', { class: 'button plain wide', for: 'photo' }, icon('camera'), camera),
    preview,
    el('label', { for: 'note' }, t('hazard.note')),
    note,
    go,
  )
  return form
}
