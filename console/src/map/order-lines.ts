import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Place } from '../api/organisation'
import { now } from '../formats/now'
import { clockText } from '../formats/time'
import type { Incident, Order } from '../incidents/incident'
import { useIncidents } from '../stores/incidents'
import { useStations } from '../stores/stations'
import { useUnits } from '../stores/units'
import type { OrderLine } from './orders-layer'

/** Seconds until the assignee should be there: negative behind that time; null: nobody knows. */
export function secondsToArrival(order: Order, nowMs: number): number | null {
  return order.eta_s === null ? null : order.eta_s - (nowMs - Date.parse(order.issued_at)) / 1000
}

/** Orders whose assignee is not there yet, as lines. */
export function useOrderLines(): ComputedRef<OrderLine[]> {
  const { t } = useI18n()
  const [incidents, units, stations] = [useIncidents(), useUnits(), useStations()]

  function placeOf(order: Order): Place | null {
    if (order.assignee_kind === 'police') return stations.byId.get(order.assignee_id)?.location ?? null
    return units.row(order.assignee_id)
  }

  function lineOf(incident: Incident, order: Order): OrderLine[] {
    const from = placeOf(order)
    if (from === null) return []
    const left = secondsToArrival(order, now.value)
    const eta = left === null ? t('map.onTheWay') : left >= 0 ? clockText(left) : `+${clockText(-left)}`
    return [{
      from, to: incident.location, isOpen: order.status === 'issued', isLate: left !== null && left < 0,
      eta: `${t(`terms.assignee.${order.assignee_kind}`)} ${eta}`,
    }]
  }

  return computed(() => incidents.running.flatMap((incident) => incident.orders
    .filter(({ status }) => status === 'issued' || status === 'acknowledged')
    .flatMap((order) => lineOf(incident, order))))
}
