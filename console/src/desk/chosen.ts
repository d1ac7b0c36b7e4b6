import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { useIncidents } from '../stores/incidents'

/** What the desk shows beside its list, kept in the address: an incident, the report form, or nothing. */
export function useChosen() {
  const [route, router, incidents] = [useRoute(), useRouter(), useIncidents()]
  const isReporting = computed(() => route.query['report'] !== undefined)
  const id = computed(() => (typeof route.query['incident'] === 'string' ? route.query['incident'] : null))
  const incident = computed(() => (id.value === null ? null : incidents.byId.get(id.value) ?? null))
  /** Why there is none under `id`: it is being read, or could not be. */
  const isAbsent = ref(false)

  watch([id, () => incidents.isLoaded], async ([wanted]) => {
    isAbsent.value = false
    if (wanted === null || incident.value !== null) return
    const found = await incidents.read(wanted).catch(() => null)
    if (wanted === id.value) isAbsent.value = found === null
  }, { immediate: true })

  /** One step back leaves the incident; moving from one to the next is no step. */
  function choose(incidentId: string): void {
    const to = { name: 'desk', query: { incident: incidentId } }
    void (id.value === null ? router.push(to) : router.replace(to))
  }

  function report(): void {
    void router.push({ name: 'desk', query: { ...route.query, report: 'new' } })
  }

  /** Leave the form; without one, leave the incident. */
  function leave(): void {
    const query = isReporting.value && id.value !== null ? { incident: id.value } : {}
    void router.replace({ name: 'desk', query })
  }

  return { id, incident, isAbsent, isReporting, choose, report, leave }
}
