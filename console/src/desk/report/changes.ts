import { isUnderWay, type Incident, type Order } from '../../incidents/incident'

/** What the operator wants otherwise than the matcher: units that are to come as well, and units that are not to come. */
export interface Changes {
  add: readonly string[]
  leave: readonly string[]
}

/** What the service takes. */
const NAMED_MAX = 20

export const NO_CHANGES: Changes = { add: [], leave: [] }

/** The changes after a unit was ticked or unticked. `isChosen`: whether the matcher would take it. */
export function ticked(changes: Changes, unitId: string, isChosen: boolean, isWanted: boolean): Changes {
  const without = (ids: readonly string[]) => ids.filter((id) => id !== unitId)
  return {
    add: isWanted && !isChosen ? [...without(changes.add), unitId] : without(changes.add),
    leave: !isWanted && isChosen ? [...without(changes.leave), unitId] : without(changes.leave),
  }
}

/** Whether the unit is to come. */
export function isWanted(changes: Changes, unitId: string, isChosen: boolean): boolean {
  return isChosen ? !changes.leave.includes(unitId) : changes.add.includes(unitId)
}

/** Whom the report asks for by name; nobody where nothing was changed: the matcher then takes who is best at that moment. */
export function namedUnits(changes: Changes, proposed: readonly string[]): string[] {
  if (changes.add.length + changes.leave.length === 0) return []
  const kept = proposed.filter((unitId) => !changes.leave.includes(unitId))
  return [...new Set([...kept, ...changes.add])].slice(0, NAMED_MAX)
}

/** Orders to units that are not to come: the matcher fills up what a stage needs, and may have taken them after all. */
export function unwanted(changes: Changes, incident: Incident): Order[] {
  return incident.orders.filter((order) => changes.leave.includes(order.assignee_id) && isUnderWay(order))
}
