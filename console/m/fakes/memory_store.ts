import type { Item, Result, Store } from '../store'

/** A store that lives as long as it is referred to: a test's page may be "killed" and another opened on it. */
export class MemoryStore implements Store {
  private readonly held = new Map<number, Item>()
  private readonly outcomes = new Map<number, Result>()
  private readonly values = new Map<string, unknown>()
  private next = 1

  async items(): Promise<Item[]> {
    return [...this.held.values()].map((item) => ({ ...item }))
  }

  async add(item: Omit<Item, 'id'>): Promise<Item> {
    const added = { ...item, id: this.next++ }
    this.held.set(added.id, added)
    return { ...added }
  }

  async change(id: number, change: Partial<Item>): Promise<void> {
    const item = this.held.get(id)
    if (item) this.held.set(id, { ...item, ...change })
  }

  async settle(result: Result): Promise<void> {
    if (!this.held.delete(result.id)) return
    for (const earlier of this.outcomes.values()) {
      if (earlier.act.kind === result.act.kind) this.outcomes.delete(earlier.id)
    }
    this.outcomes.set(result.id, result)
  }

  async remove(id: number): Promise<void> {
    this.held.delete(id)
  }

  async results(): Promise<Result[]> {
    return [...this.outcomes.values()]
  }

  async dismiss(id: number): Promise<void> {
    this.outcomes.delete(id)
  }

  async get<T>(name: string): Promise<T | undefined> {
    return this.values.get(name) as T | undefined
  }

  async put(name: string, value: unknown): Promise<void> {
    this.values.set(name, value)
  }

  async forget(): Promise<void> {
    this.values.clear()
  }
}
