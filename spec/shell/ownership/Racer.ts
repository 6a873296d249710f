/** A supervisor in a process of its own that tries for a lock when it is told to, and says how it went. */
import { createInterface } from "node:readline"
import { noHealing } from "../../../core/ownership/Classify.ts"
import { type Hands, real, setGate } from "./SteppedSupervisor.ts"

/** What a racer answers: the owner it became, or why not. */
export type Answer = { readonly owner: string } | { readonly refused: string }

/** From now on it dies, by SIGKILL, before that operation on a file. */
const dieAt = (operation: number): void => {
  let left = operation
  setGate(() => {
    left -= 1
    if (left > 0) return Promise.resolve()
    process.kill(process.pid, "SIGKILL")
    return new Promise(() => undefined)
  })
}

/** Reads `try <state directory>`, `release` and `die at <number>`; answers the first two with JSON. Ends with its input. */
export const main = async (): Promise<void> => {
  let hands: Hands | null = null
  const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`)
  say("ready")
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.startsWith("die at ")) dieAt(Number(line.slice("die at ".length)))
    if (line.startsWith("try ")) {
      hands = real(line.slice("try ".length))
      say(await hands.acquire(noHealing).catch((error: unknown) => ({ refused: String(error) })))
    }
    if (line !== "release") continue
    await hands?.release()
    say("released")
  }
}
