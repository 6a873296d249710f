/** Work on many events that lets the loop turn in between: what is made of one of them takes longer, the longer it is. */

/** Ends a turn of the loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Characters whose events are made in one turn: well below a millisecond for most, and some for the worst of them. */
const turnCharacters = 64 * 1024

/** Visits the items in order, as many in one turn as have so many characters together, and at least one. */
export const inTurns = async <A>(
  items: ReadonlyArray<A>,
  charactersOf: (item: A) => number,
  visit: (item: A, index: number) => void
): Promise<void> => {
  let characters = 0
  for (const [index, item] of items.entries()) {
    if (characters >= turnCharacters) {
      await turn()
      characters = 0
    }
    visit(item, index)
    characters += charactersOf(item)
  }
}
