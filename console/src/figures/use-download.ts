import { shallowRef } from 'vue'

import { api } from '../api'
import { save } from '../files/save'
import { queryOf, type Asked } from './asked'
import { FIGURES } from './use-report'

export type Form = 'csv' | 'xlsx'
const TIMEOUT_MS = 120_000

/** The rows as a file. The request needs the session's token, so it is no plain link. */
export function useDownload() {
  const running = shallowRef<Form | null>(null)
  const problem = shallowRef<unknown>(null)

  async function download(asked: Asked, form: Form, fileName: string): Promise<void> {
    running.value = form
    problem.value = null
    try {
      const response = await api.read(FIGURES, { query: { ...queryOf(asked), format: form }, timeoutMs: TIMEOUT_MS })
      save(await response.blob(), `${fileName}.${form}`)
    } catch (error) {
      problem.value = error
    }
    running.value = null
  }

  return { running, problem, download }
}
