/** The turns of the event loop that programs wait for, injected in place of the real ones. */
import { universe } from "./Universe.ts"

interface Turn {
  isCancelled: boolean
}

export const setImmediate = (run: () => void): Turn => {
  const { loop } = universe()
  const turn: Turn = { isCancelled: false }
  loop.post(loop.current, () => {
    if (!turn.isCancelled) run()
  })
  return turn
}

export const clearImmediate = (turn: Turn): void => {
  turn.isCancelled = true
}

// The disk in memory asks the system for both with each operation; they stay what they are.
const [user, group] = [process.getuid?.(), process.getgid?.()]
if (user !== undefined) process.getuid = () => user
if (group !== undefined) process.getgid = () => group
