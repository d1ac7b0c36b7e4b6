import { onBeforeUnmount, onMounted } from 'vue'

/** Something that Ctrl+K finds. `kind` is a message's key: what sort of thing it is. */
export interface Command {
  id: string
  kind: string
  title: string
  detail?: string
  run: () => void
}

/** What fits `text`, best first. An empty text asks for what is worth offering without one. */
export type Finder = (text: string) => Command[] | Promise<Command[]>

const finders = new Set<Finder>()

/** Find more while the component is on the screen. */
export function useFinder(finder: Finder): void {
  onMounted(() => finders.add(finder))
  onBeforeUnmount(() => finders.delete(finder))
}

/** What every finder has, each finder's own together. One that fails finds nothing. */
export async function find(text: string): Promise<Command[]> {
  const found = await Promise.all([...finders].map(async (finder) => {
    try {
      return await finder(text.trim())
    } catch {
      return []
    }
  }))
  return found.flat()
}

/** Whether each word of `text` is somewhere in one of `fields`. */
export function fits(text: string, ...fields: readonly string[]): boolean {
  const all = fields.join(' ').toLowerCase()
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word))
}
