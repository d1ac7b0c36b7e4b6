import type { Cell } from '../files/csv'
import type { BranchDuty, ShortUnit } from './board'

type Say = (key: string) => string

export interface Sheet {
  header: string[]
  rows: Cell[][]
}

/** The stations' table as a file. */
export function stationsSheet(branches: readonly BranchDuty[], t: Say): Sheet {
  return {
    header: [
      t('duty.code'), t('duty.station'), t('duty.units'), t('terms.duty.on'), t('terms.duty.short'), t('terms.duty.off'),
      t('duty.peopleOnDuty'),
    ],
    rows: branches.map(({ station, units, on, short, off, peopleOn }) => [
      station.station_id, station.name, units, on, short, off, peopleOn,
    ]),
  }
}

/** The table of units without quorum as a file; names are as masked as on the screen. */
export function shortUnitsSheet(units: readonly ShortUnit[], t: Say): Sheet {
  return {
    header: [
      t('duty.code'), t('duty.unit'), t('duty.class'), t('duty.station'), t('duty.why'), t('duty.present'), t('duty.quorum'),
      t('duty.whoIsOn'), t('duty.whoIsMissing'), t('duty.missingTotal'),
    ],
    rows: units.map((unit) => [
      unit.unit_id, unit.name, t(`terms.class.${unit.class}`), unit.station_name, t(`duty.reason.${unit.why}`),
      unit.on_duty.length, unit.quorum,
      unit.on_duty.map(({ name, post_name, until }) => `${name} ${post_name} ${until}`).join('; '),
      unit.missing.map(({ name }) => name).join('; '),
      unit.missing_total,
    ]),
  }
}
