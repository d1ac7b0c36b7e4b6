import { expect, test } from 'vitest'

import { UnitTable } from './unit-table'

const FIELDS = ['unit_id', 'name', 'class', 'station_id', 'lon', 'lat', 'duty', 'members', 'quorum', 'seen_at', 'busy']
const ROW = ['u-1', '车陂广场最小应急单元', 'B', 's-1', 113.39, 23.125, 'on', 4, 3, 1_700_000_000, null]

function table(...rows: unknown[][]): UnitTable {
  const made = new UnitTable()
  made.replace({ at: '', fields: FIELDS, rows })
  return made
}

test('a row comes out as it went in', () => {
  expect(table(ROW).row('u-1')).toEqual(Object.fromEntries(FIELDS.map((field, at) => [field, ROW[at]])))
  expect(table(ROW).row('u-2')).toBeNull()
})

test('fields may come in another order', () => {
  const made = new UnitTable()
  made.replace({ at: '', fields: [...FIELDS].reverse(), rows: [[...ROW].reverse()] })
  expect(made.row('u-1')).toMatchObject({ unit_id: 'u-1', class: 'B', quorum: 3 })
})

test('a change replaces the unit’s row; a unit not known yet is added', () => {
  const made = table(ROW)
  const moved = [...ROW.slice(0, 4), 113.4, 23.2, 'off', 0, 3, null, 'resting']
  made.apply([moved, ['u-2', ...ROW.slice(1)]])
  expect(made.size).toBe(2)
  expect(made.row('u-1')).toMatchObject({ lon: 113.4, duty: 'off', seen_at: null, busy: 'resting' })
  expect(made.counts()).toEqual({ units: 2, on: 1, short: 0, off: 1 })
})

test('a snapshot leaves nothing of what was there before', () => {
  const made = table(ROW)
  made.replace({ at: '', fields: FIELDS, rows: [['u-9', '岗顶', ...ROW.slice(2)]] })
  expect([made.size, made.row('u-1'), made.search('车陂', 5)]).toEqual([1, null, []])
})

test('a unit that is gone is neither counted nor found, and may come back', () => {
  const made = table(ROW, ['u-2', '车陂村', ...ROW.slice(2)])
  made.remove(['u-1', 'u-9'])
  expect([made.row('u-1'), made.counts().units, made.counts().on]).toEqual([null, 1, 1])
  expect(made.search('车陂', 5).map((row) => row.unit_id)).toEqual(['u-2'])
  made.apply([ROW])
  expect([made.row('u-1')?.unit_id, made.counts().units]).toEqual(['u-1', 2])
})

test('units are found by a part of their name or id, those that begin with it first', () => {
  const made = table(['u-7', '新车陂', ...ROW.slice(2)], ROW, ['u-8', 'Mall <b>', ...ROW.slice(2)])
  expect(made.search('车陂', 5).map((row) => row.unit_id)).toEqual(['u-1', 'u-7'])
  expect(made.search('MALL <', 5).map((row) => row.unit_id)).toEqual(['u-8'])
  expect(made.search(' ', 5)).toEqual([])
})
