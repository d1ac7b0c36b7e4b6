/** What is kept on the phone, so that a page that is reloaded or killed loses nothing and doubles nothing. */

/** What is sent in order within itself, and waits for nothing in another: an SOS is not kept up by a photograph. */
export type Lane = 'sos' | 'order' | 'duty' | 'hazard' | 'message'

/** What a person did. The names in `about` are for words on the screen only. */
export interface Act {
  kind: 'check-in' | 'check-out' | 'sos' | 'hazard' | 'acknowledge' | 'decline' | 'arrive' | 'read'
  about: { incident_id?: string; order_id?: string; message_id?: string; class?: string; code?: string; manual?: boolean }
}

/** A request that is to be sent until it is answered for good. Its bytes and key never change. */
export interface Draft {
  act: Act
  lane: Lane
  path: string
  type: string
  body: string | ArrayBuffer
}

export interface Item extends Draft {
  id: number
  /** The Idempotency-Key: sent again, it has no second effect. */
  key: string
  /** Whose act it is: nobody else's session sends it. */
  account_id: string
  made_at: number
  /** After a 202: where to ask what became of it, and since when that is being asked. */
  location: string | null
  asked_since: number | null
  /** The person said that it is still to be sent, though it is old. */
  confirmed: boolean
}

/** The final answer to an item. */
export interface Result {
  id: number
  act: Act
  account_id: string
  ok: boolean
  status: number
  code: string
  title: string
  /** The incident that an SOS became. */
  incident_id: string | null
  at: number
}

/** Each call is one transaction, durable when it resolves. */
export interface Store {
  /** Oldest first. */
  items(): Promise<Item[]>
  add(item: Omit<Item, 'id'>): Promise<Item>
  change(id: number, change: Partial<Item>): Promise<void>
  /** The item goes and its result comes, both or neither. Of each kind of act only the newest result stays. */
  settle(result: Result): Promise<void>
  remove(id: number): Promise<void>
  results(): Promise<Result[]>
  dismiss(id: number): Promise<void>
  get<T>(name: string): Promise<T | undefined>
  put(name: string, value: unknown): Promise<void>
}
