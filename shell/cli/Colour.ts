/**
 * The few colours of a terminal that drover uses (ECMA-48, SGR), each for one meaning.
 */
import type { TaskState } from "../../core/stage/TaskState.ts"

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan"

const codes: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39]
}

/** The text in that colour; unchanged where none is wanted. */
export const paint = (text: string, colour: Colour | null): string => {
  if (colour === null || text === "") return text
  const [on, off] = codes[colour]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

export const ofState = (state: TaskState): Colour | null => {
  switch (state) {
    case "DONE":
      return "green"
    case "NEEDS_HUMAN":
      return "red"
    case "RUNNING":
    case "ASSIGNED":
    case "VERIFYING":
      return "cyan"
    case "RETRYING":
    case "RESUMING":
      return "yellow"
    case "PENDING":
    case "CANCELLED":
      return "dim"
    case "READY":
      return null
  }
}
