import type { Item, Result, Store } from './store'

const ITEMS = 'items'
const RESULTS = 'results'
const VALUES = 'values'

/** The store in IndexedDB. */
export class IndexedStore implements Store {
  private constructor(private readonly database: IDBDatabase) {}

  /** Rejects where the browser keeps nothing (some private modes). */
  static open(name = 'meu-member'): Promise<IndexedStore> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(ITEMS, { keyPath: 'id', autoIncrement: true })
        opening.result.createObjectStore(RESULTS, { keyPath: 'id' })
        opening.result.createObjectStore(VALUES)
      }
      opening.onsuccess = () => resolve(new IndexedStore(opening.result))
      opening.onerror = () => reject(failed(opening.error))
    })
  }

  items(): Promise<Item[]> {
    return this.read(ITEMS, (store) => store.getAll() as IDBRequest<Item[]>)
  }

  async add(item: Omit<Item, 'id'>): Promise<Item> {
    let id = 0
    await this.write([ITEMS], ([items]) => {
      const adding = items.add(item)
      adding.onsuccess = () => (id = adding.result as number)
    })
    return { ...item, id }
  }

  change(id: number, change: Partial<Item>): Promise<void> {
    return this.write([ITEMS], ([items]) => {
      const reading = items.get(id) as IDBRequest<Item | undefined>
      reading.onsuccess = () => reading.result && items.put({ ...reading.result, ...change })
    })
  }

  settle(result: Result): Promise<void> {
    return this.write([ITEMS, RESULTS], ([items, results]) => {
      const reading = items.getKey(result.id)
      reading.onsuccess = () => {
        if (reading.result === undefined) return // another tab settled it
        items.delete(result.id)
        replaceOfKind(results!, result)
      }
    })
  }

  remove(id: number): Promise<void> {
    return this.write([ITEMS], ([items]) => items.delete(id))
  }

  results(): Promise<Result[]> {
    return this.read(RESULTS, (store) => store.getAll() as IDBRequest<Result[]>)
  }

  dismiss(id: number): Promise<void> {
    return this.write([RESULTS], ([results]) => results.delete(id))
  }

  get<T>(name: string): Promise<T | undefined> {
    return this.read(VALUES, (store) => store.get(name) as IDBRequest<T | undefined>)
  }

  put(name: string, value: unknown): Promise<void> {
    return this.write([VALUES], ([values]) => values.put(value, name))
  }

  private read<T>(name: string, reading: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = reading(this.database.transaction(name).objectStore(name))
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = () => reject(failed(asked.error))
    })
  }

  private write(names: string[], writing: (stores: [IDBObjectStore, ...IDBObjectStore[]]) => unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const change = this.database.transaction(names, 'readwrite', { durability: 'strict' })
      change.oncomplete = () => resolve()
      change.onabort = () => reject(failed(change.error))
      writing(names.map((name) => change.objectStore(name)) as [IDBObjectStore, ...IDBObjectStore[]])
    })
  }
}

function failed(error: DOMException | null): Error {
  return new Error(`nothing can be kept here: ${error?.message ?? 'it was broken off'}`)
}

function replaceOfKind(results: IDBObjectStore, result: Result): void {
  const walking = results.openCursor()
  walking.onsuccess = () => {
    const cursor = walking.result
    if (!cursor) {
      results.put(result)
      return
    }
    if ((cursor.value as Result).act.kind === result.act.kind) cursor.delete()
    cursor.continue()
  }
}
