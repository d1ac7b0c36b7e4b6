const WHOLE_MAX = 16

/** A long id's beginning and end: ids that count, like members' codes, differ at the end. */
export function shortened(id: string): string {
  return id.length <= WHOLE_MAX ? id : `${id.slice(0, 8)}…${id.slice(-4)}`
}
