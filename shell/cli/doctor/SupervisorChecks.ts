/** What `drover doctor` says of the supervisor: whether it lives, beats, answers, and is of this version. */
import { request } from "node:http"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { version } from "../../config/ProgramVersion.ts"
import { Store, type Supervisor } from "../../store/Store.ts"
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

const name = "supervisor"
const seeStore = "see the row of the store"

/** Where none has the lock here. */
const absent = (open: number): Check => {
  if (open === 0) return skipped(name, "none runs, and no task is open", "drover up, or drover run FILE")
  const tasks = open === 1 ? "a task is" : `${open} tasks are`
  return advisory(name, `none runs, and ${tasks} open`, "drover up (drover unit install keeps one running)")
}

/** Where one lives here. */
const present = (pid: number, last: Supervisor | null, now: number): Check => {
  const who = `process ${pid}`
  if (last === null || last.pid !== pid) {
    return advisory(name, `${who} has the lock and no epoch in the store yet`, "look again in a moment")
  }
  const age = now - last.heartbeatAt
  const text = `${who}, epoch ${last.epoch}, up for ${Moment.length(now - last.startedAt)}, last beat ${Moment.length(age)} ago`
  return age < beatMs
    ? good(name, text)
    : bad(name, text, `see supervisor.log; if it hangs: kill -9 ${pid} (agents go on)`)
}

const row = Effect.fnUntraced(function* (pid: number | null) {
  const found = yield* Effect.either(Services.ifStored(noted))
  if (Either.isLeft(found)) {
    return pid === null
      ? skipped(name, "none runs; whether tasks are open is not known", seeStore)
      : advisory(name, `process ${pid} lives; its epoch and its beat are not known`, seeStore)
  }
  const { open, supervisor: last } = Option.getOrElse(found.right, () => ({ open: 0, supervisor: null }))
  const now = yield* Clock.currentTimeMillis
  if (pid !== null) return present(pid, last, now)
  const isBeating = last !== null && last.endedAt === null && now - last.heartbeatAt < beatMs
  return isBeating && !(yield* Running.isGone(last))
    ? good(name, `process ${last.pid} on ${last.host} beats in the store, epoch ${last.epoch}`)
    : absent(open)
})

export const supervisor = Effect.gen(function* () {
  const { socket } = yield* Places
  const pid = yield* Running.pid
  return [yield* row(pid), yield* socketRow(socket, pid !== null)]
})
