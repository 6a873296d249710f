/**
 * A transition table as data: a machine finds its next state by its rows, documentation and specs find its edges there.
 *
 * The rows of one state and event are tried in order; what none of them takes is illegal.
 */

/** From each of these states, on this event, to each of those. */
export interface Row<State extends string = string, Event extends string = string> {
  readonly from: ReadonlyArray<State>
  readonly on: Event
  readonly to: ReadonlyArray<State>
  /** The condition in words; null: whatever the rows before it leave. */
  readonly when: string | null
}

/** One arrow in the picture of a machine. Every pair of a state and an event without one is illegal. */
export interface Edge<State extends string = string, Event extends string = string> {
  readonly from: State
  readonly on: Event
  readonly to: State
  readonly when: string | null
}

/** The row under a condition: what it says in words is what `apply` checks. */
export const when = <R extends Row>(words: string, row: R): R => ({ ...row, when: words })

/** Every edge that the rows draw, in their order. */
export const edges = <State extends string, Event extends string>(
  rows: ReadonlyArray<Row<State, Event>>
): ReadonlyArray<Edge<State, Event>> =>
  rows.flatMap(({ from, on, to, when }) =>
    from.flatMap((each) => to.map((next) => ({ from: each, on, to: next, when })))
  )

const none: ReadonlyArray<never> = []

/** The rows of a state and an event, in order. Looked up in two steps: to join the words would cost more than a move. */
export const index = <R extends Row>(
  rows: ReadonlyArray<R>
): ((state: R["from"][number], event: R["on"]) => ReadonlyArray<R>) => {
  const byState = new Map<string, Map<string, Array<R>>>()
  for (const row of rows) {
    for (const state of row.from) {
      const byEvent = byState.get(state) ?? new Map<string, Array<R>>()
      byState.set(state, byEvent)
      byEvent.set(row.on, [...(byEvent.get(row.on) ?? []), row])
    }
  }
  return (state, event) => byState.get(state)?.get(event) ?? none
}
