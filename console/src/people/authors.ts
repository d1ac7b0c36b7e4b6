import { useI18n } from 'vue-i18n'

import { usePeople } from '../stores/people'
import { useSession } from '../stores/session'
import { useStations } from '../stores/stations'
import { useUnits } from '../stores/units'
import { shortened } from './shortened'

/** Who did something, in words. `title` says more of them: what they are, where, and their id. */
export interface Author {
  text: string
  title: string
}

/** What people call those who are in events as `by`. */
export function useAuthors() {
  const { t } = useI18n()
  const [session, stations, units, people] = [useSession(), useStations(), useUnits(), usePeople()]

  function authorOf(by: string): Author {
    if (by === 'clock' || by === 'matcher') return { text: t(`people.${by}`), title: by }
    const { account } = session
    if (account !== null && by === account.account_id) return { text: t('people.self', { name: account.name }), title: by }
    const station = stations.byId.get(by)
    if (station !== undefined) return { text: station.name, title: by }
    const person = people.find(by)
    if (person === null) return { text: t('people.unknown', { id: shortened(by) }), title: by }
    const { name, role, unit_id: unit, station_id: ofStation } = person
    const place = unit !== null ? units.nameOf(unit) : ofStation !== null ? stations.nameOf(ofStation) : null
    return { text: name, title: [t(`terms.role.${role}`), place, by].filter((part) => part !== null).join(' · ') }
  }

  return { authorOf }
}
