/**
 * Which of the valid words a mistyped one was probably meant to be.
 */

/** `max-retries`, `maxRetries` and `max_retries` are one word to a person. */
const fold = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, "")

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export const distance = (left: string, right: string): number => {
  const a = Array.from(left)
  const b = Array.from(right)
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, letter] of a.entries()) {
    const current = [row + 1]
    for (const [column, other] of b.entries()) {
      const replaced = (last[column] ?? 0) + (letter === other ? 0 : 1)
      const removed = (last[column + 1] ?? 0) + 1
      const inserted = (current[column] ?? 0) + 1
      const isSwap = letter === b[column - 1] && a[row - 1] === other
      const swapped = isSwap ? (beforeLast[column - 1] ?? 0) + 1 : Infinity
      current.push(Math.min(replaced, removed, inserted, swapped))
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}

/** Words longer than this are compared by their beginnings: the cost of a distance is quadratic. */
const longest = 100

/** The valid word that is nearest, the first of equals; null if none is near enough to have been meant. */
export const nearest = (word: string, valid: ReadonlyArray<string>): string | null => {
  const meant = fold(word.slice(0, longest))
  let best: { readonly word: string; readonly distance: number } | null = null
  for (const each of valid) {
    const candidate = fold(each.slice(0, longest))
    const found = distance(meant, candidate)
    const tolerated = Math.max(1, Math.floor(Math.max(meant.length, candidate.length) / 3))
    if (found <= tolerated && (best === null || found < best.distance)) best = { word: each, distance: found }
  }
  return best?.word ?? null
}
