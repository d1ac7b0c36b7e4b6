import { useI18n } from 'vue-i18n'

import { useStations } from '../../stores/stations'
import { useUnits } from '../../stores/units'
import type { UnitRow } from '../../units/unit'
import { CODES } from '../acts/act'

/** What people call units and stations, and what codes mean. */
export function useNames() {
  const { t, te } = useI18n()
  const [units, stations] = [useUnits(), useStations()]

  /** A code's words; the code where this console has none. */
  function code(value: string): string {
    const keys = ['system', ...Object.keys(CODES)].map((act) => `desk.code.${act}.${value}`)
    const key = keys.find((one) => te(one))
    return key === undefined ? value : t(key)
  }

  function assignee(order: { assignee_kind: 'unit' | 'police'; assignee_id: string }): string {
    return order.assignee_kind === 'police' ? stations.nameOf(order.assignee_id) : units.nameOf(order.assignee_id)
  }

  /** What a unit is doing, and whose it is, where one is picked. */
  function unitDetail({ busy, duty, station_id: stationId }: UnitRow): string {
    return `${t(busy === null ? `terms.duty.${duty}` : `terms.busy.${busy}`)} · ${stations.nameOf(stationId)}`
  }

  /** A reason of the matcher's. */
  function reason(value: string): string {
    const key = `desk.reason.${value}`
    return te(key) ? t(key) : value
  }

  return { code, assignee, reason, unitDetail, unit: units.nameOf, station: stations.nameOf }
}
