import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { useUnits } from '../stores/units'

const RESTING_MS = 150

/** Words on the map, pixels from its left and top. */
export interface Tip {
  text: string
  left: number
  top: number
}

/** Which unit it is; null: none any more. */
type Ask = () => Promise<string | null>

/** What the unit is that a pointer rests on. `point` is told of each move: null where there is no unit. */
export function useUnitTip(): { tip: ShallowRef<Tip | null>; point: (ask: Ask | null, pixel: number[]) => void } {
  const { t } = useI18n()
  const units = useUnits()
  const tip = shallowRef<Tip | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop: () => void = () => undefined

  function point(ask: Ask | null, pixel: number[]): void {
    clearTimeout(timer)
    stop()
    tip.value = null
    if (ask === null) return
    timer = setTimeout(() => { void ask().then((unitId) => { if (unitId !== null) show(unitId, pixel) }) }, RESTING_MS)
  }

  function show(unitId: string, pixel: number[]): void {
    stop()
    stop = watch(() => units.row(unitId), (row) => {
      if (row === null) return
      const text = `${row.name} · ${t(`terms.duty.${row.duty}`)} ${String(row.members)}/${String(row.quorum)}`
      tip.value = { text, left: pixel[0]! + 12, top: pixel[1]! + 12 }
    }, { immediate: true })
  }

  onBeforeUnmount(() => {
    clearTimeout(timer)
    stop()
  })
  return { tip, point }
}
