/**
 * Who waits for whom: cycles are refused before anything is stored, and a wait that can not end by itself is shown.
 */

/** A graph by name: each name with the names it waits for; names that are no key lead nowhere. */
export type Graph = ReadonlyMap<string, ReadonlyArray<string>>

/**
 * One cycle, as the names along it (`["a", "b"]` for a ⇄ b, `["a"]` for a task that waits for itself), or null. The
 * same graph, in the same order, always names the same cycle. Linear in names and waits.
 */
export const findCycle = (graph: Graph): ReadonlyArray<string> | null => {
  const done = new Set<string>()
  for (const root of graph.keys()) {
    const path: Array<{ readonly name: string; next: number }> = [{ name: root, next: 0 }]
    const onPath = new Map([[root, 0]])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = done.has(top.name) ? undefined : graph.get(top.name)?.[top.next]
      if (target === undefined) {
        done.add(top.name)
        onPath.delete(top.name)
        path.pop()
        continue
      }
      top.next++
      const at = onPath.get(target)
      if (at !== undefined) return path.slice(at).map((each) => each.name)
      if (!done.has(target) && graph.has(target)) {
        onPath.set(target, path.length)
        path.push({ name: target, next: 0 })
      }
    }
  }
  return null
}
