import { useExport } from '../files/use-export'
import { queryOf, type Asked } from './asked'
import { FIGURES } from './use-report'

export type Form = 'csv' | 'xlsx'

/** The rows as a file. */
export function useDownload() {
  const { running, problem, download } = useExport<Form>(FIGURES)

  return {
    running,
    problem,
    download: (asked: Asked, form: Form, fileName: string) => download(queryOf(asked), form, fileName),
  }
}
