import type { Item, Result, Store } from '../store'

/** A store that lives as long as it is referred to: a test's page may be "killed" and another opened on it. */
export class MemoryStore implements Store {
  private readonly held = new Map<number, Item>()
  private readonly outcomes = new Map<number, Result>()
  private readonly values = new Map<string, unknown>()
  private next = 1

  items(): Promise<Item[]> {
    return Promise.resolve([...this.held.values()].map((item) => ({ ...item })))
  }

  add(item: Omit<Item, 'id'>): Promise<Item> {
    const added = { ...item, id: this.next++ }
    this.held.set(added.id, added)
    return Promise.resolve({ ...added })
  }

  change(id: number, change: Partial<Item>): Promise<void> {
    const item = this.held.get(id)
    if (item) this.held.set(id, { ...item, ...change })
    return Promise.resolve()
  }

  settle(result: Result): Promise<void> {
    if (!this.held.delete(result.id)) return Promise.resolve()
    for (const earlier of this.outcomes.values()) {
      if (earlier.act.kind === result.act.kind) this.outcomes.delete(earlier.id)
    }
    this.outcomes.set(result.id, result)
    return Promise.resolve()
  }

  remove(id: number): Promise<void> {
    this.held.delete(id)
    return Promise.resolve()
  }

  results(): Promise<Result[]> {
    return Promise.resolve([...this.outcomes.values()])
  }

  dismiss(id: number): Promise<void> {
    this.outcomes.delete(id)
    return Promise.resolve()
  }

  get<T>(name: string): Promise<T | undefined> {
    return Promise.resolve(this.values.get(name) as T | undefined)
  }

  put(name: string, value: unknown): Promise<void> {
    this.values.set(name, value)
    return Promise.resolve()
  }
}
