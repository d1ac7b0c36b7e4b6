import type { Station } from '../api/organisation'

/** A node of the tree. `depth`: 0 for the top of what the account sees; `trail`: its name below those above it. */
export interface Node {
  station_id: string
  name: string
  path: string
  depth: number
  trail: string
}

/** Whether a path is a subtree's own or below it. */
export function isWithin(path: string, subtree: string): boolean {
  return path === subtree || path.startsWith(`${subtree}/`)
}

/** The tree as a list, parents before children. */
export function nodesOf(stations: readonly Station[]): Node[] {
  const sorted = [...stations].sort((one, other) => (one.path < other.path ? -1 : 1))
  const nodes: Node[] = []
  for (const { station_id, name, path } of sorted) {
    const above = [...nodes].reverse().find((node) => path.startsWith(`${node.path}/`))
    nodes.push({
      station_id, name, path, depth: above === undefined ? 0 : above.depth + 1,
      trail: above === undefined ? name : `${above.trail} ${name}`,
    })
  }
  return nodes
}
