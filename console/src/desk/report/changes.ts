import { isUnderWay, type Incident, type Order } from '../../incidents/incident'

/** What the operator wants otherwise than the matcher: units that are to come as well, and units that are not to come. */
export interface Changes {
  add: readonly string[]
  leave: readonly string[]
}

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

/** What is still to be done about the incident as it is now: whom to order, and which orders to withdraw. */
export function stillToDo(changes: Changes, incident: Incident | null): { order: string[]; withdraw: Order[] } {
  const orders = incident?.orders ?? []
  const asked = new Set(orders.map(({ assignee_id: id }) => id))
  return {
    order: changes.add.filter((unitId) => !asked.has(unitId)),
    withdraw: orders.filter((order) => changes.leave.includes(order.assignee_id) && isUnderWay(order)),
  }
}
