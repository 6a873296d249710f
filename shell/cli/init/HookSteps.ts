/** The program that hooks run, and the settings of the agents' programs, as steps of `drover init`. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { ensureStateDirectory, Places } from "../../config/Places.ts"
import * as HookInstallation from "../../hooks/HookInstallation.ts"
import * as HookScript from "../../hooks/HookScript.ts"
import { type Agent, agents, type Scope, scopes } from "../../hooks/SettingsPlaces.ts"
import * as HooksView from "../HooksView.ts"
import * as Services from "../Services.ts"
import { idle, orFailed, type Step } from "./Step.ts"

type Needs = Places | FileSystem.FileSystem

const what = "hook program"

/** The program; where none is there it is written only if it is `wanted`. */
export const program = (isWanted: boolean): Effect.Effect<ReadonlyArray<Step<Needs>>, never, Places> =>
  Effect.gen(function* () {
    const places = yield* Places
    const isThere = yield* Services.isThere(places.hook)
    if (!isThere && !isWanted) return []
    if (yield* HookScript.isCurrent(places)) return [idle(what, places.hook, "unchanged", null)]
    const apply = Effect.as(Effect.zipRight(ensureStateDirectory, HookScript.install(places)), null)
    return [{ what, path: places.hook, was: isThere ? "refreshed" : "written", note: null, apply }]
  })

const around = Effect.map(Places, ({ hook }) => ({ environment: process.env, cwd: process.cwd(), program: hook }))

const titleOf = ({ agent, scope }: HookInstallation.Place): string => `hooks of ${agent} (${scope})`

/** How much of a file changes; `drover hooks install --dry-run` shows it line by line. */
const extent = (change: HookInstallation.Change): string => {
  const changed = HooksView.diff(change)
    .split("\n")
    .filter((line) => /^[+-](?![+-]{2} )/.test(line))
  const [added, removed] = ["+", "-"].map((sign) => changed.filter((line) => line.startsWith(sign)).length)
  return `${added} lines more, ${removed} fewer`
}

const change = (
  place: HookInstallation.Place,
  surroundings: HookInstallation.Surroundings,
  was: "written" | "refreshed"
) =>
  Effect.map(HookInstallation.change("install", place, surroundings), (change): Step => ({
    what: titleOf(place),
    path: place.path,
    was,
    note: [extent(change), HooksView.caveat(place.agent)].filter((each) => each !== null).join("; "),
    apply: Effect.as(HookInstallation.apply(change), null)
  }))

/** Hooks for these agents: whatever is there of drover's becomes this state directory's. */
export const install = (chosen: ReadonlyArray<Agent>, scope: Scope) =>
  Effect.gen(function* () {
    const surroundings = yield* around
    const steps = yield* Effect.forEach(chosen, (agent) => {
      const place = HookInstallation.placeOf(agent, scope, surroundings)
      return HookInstallation.condition(place, surroundings).pipe(
        Effect.flatMap(({ _tag }) =>
          _tag === "installed"
            ? Effect.succeed(idle(titleOf(place), place.path, "unchanged", null))
            : change(place, surroundings, _tag === "absent" ? "written" : "refreshed")
        ),
        Effect.map((step) => [step]),
        orFailed(titleOf(place), place.path)
      )
    })
    return steps.flat()
  })

/** Hooks that are installed, and are as another version of drover wrote them. */
export const upgrade = Effect.gen(function* () {
  const surroundings = yield* around
  const places = agents.flatMap((agent) => scopes.map((scope) => HookInstallation.placeOf(agent, scope, surroundings)))
  const steps = yield* Effect.forEach(places, (place) =>
    HookInstallation.condition(place, surroundings).pipe(
      Effect.flatMap((condition) => {
        const [title, path] = [titleOf(place), place.path]
        switch (condition._tag) {
          case "absent":
            return Effect.succeed<ReadonlyArray<Step>>([])
          case "installed":
            return Effect.succeed([idle(title, path, "unchanged", null)])
          case "foreign": {
            const note = `they run ${condition.program}: drover hooks install --agent ${place.agent} --scope ${place.scope} makes them this one's`
            return Effect.succeed([idle(title, path, "left", note)])
          }
          case "outdated":
            return Effect.map(change(place, surroundings, "refreshed"), (step) => [step])
        }
      }),
      orFailed(titleOf(place), place.path)
    )
  )
  return steps.flat()
})
