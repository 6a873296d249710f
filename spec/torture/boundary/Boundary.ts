/**
 * Where the program can be made to die or to stop: each of its effects on the world is announced here before it happens.
 * Told by `DROVER_BOUNDARIES` where that was done so far, it sends itself SIGKILL or SIGSTOP at one of them, and sooner the
 * less often that was done there, or at the one it is told; what it was is written down first.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { PCGRandom } from "effect/Utils"
import * as Schema from "effect/Schema"
import { type Armed, ArmedFrom } from "../Armed.ts"

const { kill, pid } = process

const armedBy = (text: string | undefined): Armed | null =>
  text === undefined ? null : Schema.decodeUnknownSync(ArmedFrom)(text)

const armed = armedBy(process.env.DROVER_BOUNDARIES)
const random = new PCGRandom(armed?.seed ?? 0)
const done: ReadonlyMap<string, number> =
  armed === null ? new Map() : new Map(Object.entries(JSON.parse(readFileSync(armed.counts, "utf8"))))

/** What the actuator was doing last. */
let action = "nothing"

export const decided = (kind: string): void => {
  action = kind
}

let effects = 0
/** Who was stopped goes on, and is not stopped again. */
let isSpent = false

const isChosen = ({ at, of, seed, signal }: Armed, place: string): boolean => {
  effects += 1
  if (at !== undefined) return effects === at
  if (of !== undefined) return place === of
  // Every second one that is stopped is to be in the middle of its work then.
  if (signal === "SIGSTOP" && seed % 2 === 0 && action === "nothing") return false
  return random.number() < 0.5 / (1 + (done.get(place) ?? 0)) ** 2
}

/** An effect is about to happen; of that action, or of the last one where it is not known. */
export const announce = (deed: string, of: string | null): void => {
  const place = `${deed} × ${of ?? action}`
  if (armed === null || isSpent || !isChosen(armed, place)) return
  isSpent = true
  writeFileSync(armed.note, place)
  kill.call(process, pid, armed.signal)
}

export const boundary = (deed: string): void => announce(deed, null)
