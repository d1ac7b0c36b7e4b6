import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'

import { newKey } from '../../api/keys'
import { NO_CHANGES, type Changes } from './changes'
import { emptyDraft, isBegun, type Draft } from './draft'

/** The report that is being written: it survives a look at another screen, until it is sent or cleared. */
export const useDraft = defineStore('desk-draft', () => {
  const draft = reactive<Draft>(emptyDraft())
  const changes = ref<Changes>(NO_CHANGES)
  /** Whom the matcher would take, as far as is known. */
  const proposed = ref<string[]>([])
  /** Whatever happens on the way, this draft becomes one incident. */
  let key = newKey()

  function clear(): void {
    Object.assign(draft, emptyDraft())
    changes.value = NO_CHANGES
    proposed.value = []
    key = newKey()
  }

  return { draft, changes, proposed, clear, keyOf: () => key, isBegun: () => isBegun(draft) }
})
