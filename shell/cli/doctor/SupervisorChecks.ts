/** What `drover doctor` says of the supervisor: whether it lives, beats, answers, and is of this version. */
import { request } from "node:http"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { version } from "../../config/ProgramVersion.ts"
import { Store } from "../../store/Store.ts"
import * as Moment from "../../view/Moment.ts"
import * as Services from "../Services.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"
import * as Running from "./Running.ts"

/** A supervisor answers within milliseconds; one that does not for so long does not. */
const patienceMs = 3000

interface Answered {
  /** As its answers name it: `0.1.0`; null where they do not. */
  readonly version: string | null
}

/** Anything that it answers is an answer. */
const ask = (socketPath: string): Effect.Effect<Answered, Error> =>
  Effect.async((resume) => {
    const asked = request({ socketPath, path: "/healthz", timeout: patienceMs, agent: false }, (response) => {
      response.resume()
      const [, found] = /^drover\/(\S+)$/.exec(String(response.headers.server)) ?? []
      resume(Effect.succeed({ version: found ?? null }))
    })
    asked.once("timeout", () => asked.destroy(new Error(`no answer for ${patienceMs / 1000} s`)))
    asked.once("error", (error) => resume(Effect.fail(error)))
    asked.end()
    return Effect.sync(() => asked.destroy())
  })

const socketRow = (path: string, isLive: boolean): Effect.Effect<Check> =>
  Effect.match(ask(path), {
    onFailure: ({ message }) =>
      isLive
        ? bad(
            "socket",
            `${path} does not answer: ${message}`,
            "see drover guards and supervisor.log; then: drover down, drover up"
          )
        : skipped("socket", "nobody has to answer: no supervisor runs here", "drover up"),
    onSuccess: (answered) => {
      if (answered.version === version) return good("socket", `answers, version ${version}`)
      const theirs = answered.version === null ? "an older version" : `version ${answered.version}`
      return advisory("socket", `answers, but is ${theirs}, and this program is ${version}`, "drover down, drover up")
    }
  })

/** Stages, as their wire form names them, in which a task is over. */
const over = new Set(["done", "abandoned", "superseded", "rejected", "archived"])

const openCount = Effect.gen(function* () {
  const { standings } = yield* (yield* Store).overview(0)
  return standings.filter(({ stage }) => !over.has(stage)).reduce((sum, { count }) => sum + count, 0)
})

/** A supervisor whose heartbeat is older than this is taken for gone; its beats come every 5 s. */
const beatMs = 30_000

const noted = Effect.gen(function* () {
  const store = yield* Store
  return { supervisor: Option.getOrNull(yield* store.supervisor), open: yield* openCount }
})

export const supervisor = Effect.gen(function* () {
  const { socket } = yield* Places
  const name = "supervisor"
  const record = yield* Running.record
  const found = yield* Effect.orElseSucceed(Services.ifStored(noted), () => Option.none())
  const { open, supervisor: last } = Option.getOrElse(found, () => ({ open: 0, supervisor: null }))
  const now = yield* Clock.currentTimeMillis
  const answering = yield* socketRow(socket, record !== null)
  if (record === null) {
    const elsewhere = last !== null && last.endedAt === null && now - last.heartbeatAt < beatMs
    if (elsewhere)
      return [good(name, `process ${last.pid} on ${last.host} beats in the store, epoch ${last.epoch}`), answering]
    return [
      open === 0
        ? skipped(name, "none runs, and no task is open", "drover up, or drover run FILE")
        : advisory(
            name,
            `none runs, and ${open === 1 ? "a task is" : `${open} tasks are`} open`,
            "drover up (drover unit install keeps one running)"
          ),
      answering
    ]
  }
  const who = `process ${record.process.pid}`
  if (last === null || last.pid !== record.process.pid) {
    return [advisory(name, `${who} has the lock and no epoch in the store yet`, "look again in a moment"), answering]
  }
  const age = now - last.heartbeatAt
  const text = `${who}, epoch ${last.epoch}, up for ${Moment.length(now - last.startedAt)}, last beat ${Moment.length(age)} ago`
  return [
    age < beatMs
      ? good(name, text)
      : bad(name, text, `see supervisor.log; if it hangs: kill -9 ${record.process.pid} (agents go on)`),
    answering
  ]
})
