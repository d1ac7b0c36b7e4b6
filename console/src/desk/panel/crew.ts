import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '../../api'
import type { MaskedMember } from '../../api/organisation'

/** Members' masked names, of the units that somebody had to be named of. Looks at people are on record: each unit is asked once. */
export const useCrew = defineStore('desk-crew', () => {
  const names = shallowReactive(new Map<string, string>())
  const asked = new Set<string>()

  /** Learn who is in the unit. Where that is not for this account, its people stay without names. */
  async function meet(unitId: string): Promise<void> {
    if (asked.has(unitId)) return
    asked.add(unitId)
    try {
      const members = await api.all<MaskedMember>(`/checkin/v1/units/${encodeURIComponent(unitId)}/members`)
      for (const { member_id: id, name } of members) names.set(id, name)
    } catch {
      // Shown by their ids.
    }
  }

  return { names, meet }
})
