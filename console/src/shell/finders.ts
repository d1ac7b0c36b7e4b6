import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { useIncidents } from '../stores/incidents'
import { useSession } from '../stores/session'
import { useStations } from '../stores/stations'
import { useUnits } from '../stores/units'
import { fits, useFinder } from './commands'
import { screens } from './screens'

const EACH = 8

/** Screens, incidents, units and stations, for Ctrl+K. */
export function useCityFinders(): void {
  const { t } = useI18n()
  const router = useRouter()
  const [session, incidents, units, stations] = [useSession(), useIncidents(), useUnits(), useStations()]

  useFinder((text) => screens
    .filter(({ name, roles, title }) => session.hasRole(roles) && fits(text, t(title), name))
    .map(({ name, title }) => ({
      id: `screen:${name}`, kind: 'shell.find.screen', title: t(title),
      run: () => void router.push({ name }),
    })))

  useFinder((text) => incidents.running
    .filter((one) => fits(text, t(`terms.incident.${one.class}`), one.description, one.incident_id, one.external_id ?? ''))
    .slice(0, EACH)
    .map((one) => ({
      id: `incident:${one.incident_id}`, kind: 'shell.find.incident',
      title: `${t(`terms.incident.${one.class}`)} · ${t(`terms.severity.${one.severity}`)}`,
      detail: `${stations.nameOf(one.station_id)} ${one.description}`,
      run: () => void router.push({ name: 'desk', query: { incident: one.incident_id } }),
    })))

  useFinder(async (text) => (await units.search(text, EACH)).map((unit) => ({
    id: `unit:${unit.unit_id}`, kind: 'shell.find.unit', title: unit.name,
    detail: `${t(`terms.duty.${unit.duty}`)} · ${stations.nameOf(unit.station_id)} · ${unit.unit_id}`,
    run: () => void router.push({ name: 'map', query: { unit: unit.unit_id } }),
  })))

  useFinder((text) => (text === '' ? [] : stations.list)
    .filter((station) => fits(text, station.name, station.station_id))
    .slice(0, EACH)
    .map((station) => ({
      id: `station:${station.station_id}`, kind: 'shell.find.station', title: station.name, detail: station.station_id,
      run: () => void router.push({ name: 'map', query: { station: station.station_id } }),
    })))
}
