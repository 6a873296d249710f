/** What `drover doctor` says of hooks: what waits in the spool, the program they run, and each agent's settings. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Configuration, defaults } from "../../config/Configuration.ts"
import { Places } from "../../config/Places.ts"
import * as HookInstallation from "../../hooks/HookInstallation.ts"
import * as HookScript from "../../hooks/HookScript.ts"
import { type Agent, agents, scopes } from "../../hooks/SettingsPlaces.ts"
import * as SpoolLook from "../../hooks/SpoolLook.ts"
import { codeOf } from "../../process/ErrorCode.ts"
import * as Moment from "../../view/Moment.ts"
import * as Services from "../Services.ts"
import { plain } from "../Text.ts"
import { advisory, type Check, good, skipped } from "./Check.ts"
import * as Running from "./Running.ts"

/** A supervisor takes events within a second: what has waited for longer is not being taken. */
const longestWaitMs = 60_000

const isMissing = (cause: unknown): boolean => codeOf(cause) === "ENOENT"

const orNone = <A>(work: () => Promise<A>, none: A) =>
  Effect.tryPromise({ try: work, catch: (cause) => cause }).pipe(
    Effect.catchIf(isMissing, () => Effect.succeed(none)),
    Effect.mapError((cause) => (cause instanceof Error ? cause : new Error(String(cause))))
  )

export const spool = Effect.gen(function* () {
  const { spool } = yield* Places
  const found = yield* orNone(() => SpoolLook.list(spool), null)
  if (found === null) return good("spool", "not there yet")
  const aside = (yield* orNone(() => readdir(join(spool, SpoolLook.badFolder)), [])).length
  const now = yield* Clock.currentTimeMillis
  const oldest = found.files[0]
  const waited = oldest === undefined ? 0 : now - Number(oldest.changed / 1_000_000n)
  const isLive = (yield* Running.pid) !== null
  const waiting =
    found.files.length === 0
      ? "no event waits"
      : `${found.files.length} events wait, the oldest for ${Moment.length(waited)}`
  const bad = aside + found.bad.length
  const text = [waiting, ...(bad === 0 ? [] : [`${bad} files are no events`])].join("; ")
  if (isLive && waited > longestWaitMs) {
    return advisory(
      "spool",
      `${text}, and the supervisor does not take them`,
      "see drover guards (ingest) and supervisor.log"
    )
  }
  return bad === 0
    ? good("spool", text)
    : advisory("spool", text, `look at what is in ${join(spool, SpoolLook.badFolder)}, then remove it`)
})

/** What is injected, and what other settings run. */
export const program = Effect.gen(function* () {
  const places = yield* Places
  const isThere = yield* Services.isThere(places.hook)
  if (!isThere) return skipped("hook program", "not there yet", "drover up and drover hooks install write it")
  return (yield* HookScript.isCurrent(places))
    ? good("hook program", `${places.hook}, current`)
    : advisory(
        "hook program",
        `${places.hook} is not what this version writes`,
        "drover init --upgrade (drover up does it too)"
      )
})

const conditionWords = (condition: HookInstallation.Condition): string =>
  condition._tag === "foreign" ? `of another state directory (${condition.program})` : condition._tag

const ofAgent = (agent: Agent, isInjecting: boolean) =>
  Effect.gen(function* () {
    const { hook } = yield* Places
    const name = `hooks ${agent}`
    const around: HookInstallation.Surroundings = { environment: process.env, cwd: process.cwd(), program: hook }
    const found = yield* Effect.forEach(scopes, (scope) => {
      const place = HookInstallation.placeOf(agent, scope, around)
      return Effect.map(Effect.either(HookInstallation.condition(place, around)), (condition) => ({ place, condition }))
    })
    // OpenCode takes hooks from a file alone.
    const injected = agent === "opencode" ? [] : isInjecting ? ["injected into agents that drover starts"] : []
    const told: Array<string> = [...injected]
    const remedies: Array<string> = []
    for (const { condition, place } of found) {
      const { path, scope } = place
      if (Either.isLeft(condition)) {
        told.push(`${scope}: ${plain(condition.left.message)}`)
        remedies.push(`mend ${path}`)
      } else if (condition.right._tag !== "absent") {
        told.push(plain(`${scope}: ${conditionWords(condition.right)}`))
        if (condition.right._tag === "outdated") remedies.push("drover init --upgrade")
        if (condition.right._tag === "foreign")
          remedies.push(`drover hooks install --agent ${agent} --scope ${scope}, if they are to be this one's`)
      }
    }
    const isInstalled = found.some(({ condition }) => Either.isRight(condition) && condition.right._tag !== "absent")
    const text = told.length === 0 ? "none" : told.join("; ")
    if (remedies.length > 0) return advisory(name, text, [...new Set(remedies)].join("; "))
    return isInstalled || injected.length > 0
      ? good(name, text)
      : skipped(
          name,
          text,
          `drover hooks install --agent ${agent}, for sooner looks and sessions that you start yourself`
        )
  })

/** A row for each vendor's program; those of the user, and of the project in this folder. */
export const settings: Effect.Effect<
  ReadonlyArray<Check>,
  never,
  Effect.Effect.Context<ReturnType<typeof ofAgent>> | Effect.Effect.Context<typeof Services.agents>
> = Effect.gen(function* () {
  const { inject } = yield* Effect.map(Configuration, ({ hooks }) => hooks).pipe(
    Effect.provide(Services.configuration),
    Effect.orElseSucceed(() => defaults.hooks)
  )
  return yield* Effect.forEach(agents, (agent) => ofAgent(agent, inject))
})
