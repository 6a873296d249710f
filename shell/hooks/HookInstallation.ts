/**
 * Drover's hooks in the settings of the vendors' programs: how they stand, and what putting them there or taking them
 * away would change.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Either } from "effect/Either"
import * as Settings from "./settings/Settings.ts"
import * as SettingsFile from "./SettingsFile.ts"
import { type Agent, type Scope, settingsFile, vendorOf } from "./SettingsPlaces.ts"

/** The settings are not what they should be, and are left as they are. */
export class SettingsRefused extends Data.TaggedError("SettingsRefused")<{
  readonly path: string
  readonly problem: Settings.Problem
}> {
  override get message(): string {
    return `${this.path} ${this.problem}: it is left as it is`
  }
}

export type Trouble = SettingsRefused | SettingsFile.SettingsUnusable

/** One file of settings. */
export interface Place {
  readonly agent: Agent
  readonly scope: Scope
  readonly path: string
}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The project's folder. */
  readonly cwd: string
  /** What hooks run. */
  readonly program: string
}

export const placeOf = (agent: Agent, scope: Scope, { cwd, environment }: Surroundings): Place => ({
  agent,
  scope,
  path: settingsFile(agent, scope, environment, cwd)
})

const read = ({ path, scope }: Place, { cwd }: Surroundings) =>
  SettingsFile.read(path, scope === "project" ? cwd : null)

const accepted = <A>(path: string, answer: Either<A, Settings.Problem>): Effect.Effect<A, SettingsRefused> =>
  Effect.mapError(answer, (problem) => new SettingsRefused({ path, problem }))

export const standing = (place: Place, around: Surroundings): Effect.Effect<Settings.Standing, Trouble> =>
  Effect.flatMap(read(place, around), ({ text }) =>
    accepted(place.path, Settings.standing(vendorOf(place.agent), text, around.program))
  )

/**
 * The same, and whose stale ones are: `outdated` ones run this state directory's program, as another version of drover
 * wrote them; `foreign` ones run another's.
 */
export type Condition =
  | { readonly _tag: "installed" | "absent" | "outdated" }
  | { readonly _tag: "foreign"; readonly program: string }

export const condition = (place: Place, around: Surroundings): Effect.Effect<Condition, Trouble> =>
  Effect.gen(function* () {
    const { text } = yield* read(place, around)
    const vendor = vendorOf(place.agent)
    const found = yield* accepted(place.path, Settings.standing(vendor, text, around.program))
    if (found !== "stale") return { _tag: found }
    const programs = yield* accepted(place.path, Settings.programs(vendor, text))
    const other = programs.find((program) => program !== around.program)
    return other === undefined ? { _tag: "outdated" } : { _tag: "foreign", program: other }
  })

/** What a file has, and what it is to have; null is no file. Nothing is written yet. */
export interface Change {
  readonly file: SettingsFile.SettingsFile
  readonly text: string | null
}

export type Operation = "install" | "remove"

const changed = (operation: Operation, place: Place, text: string | null, program: string) => {
  const vendor = vendorOf(place.agent)
  if (operation === "install") return accepted(place.path, Settings.install(vendor, text, program))
  return text === null ? Effect.succeed(null) : accepted(place.path, Settings.uninstall(vendor, text))
}

export const change = (operation: Operation, place: Place, around: Surroundings): Effect.Effect<Change, Trouble> =>
  Effect.flatMap(read(place, around), (file) =>
    Effect.map(changed(operation, place, file.text, around.program), (text) => ({ file, text }))
  )

export const apply = ({ file, text }: Change): Effect.Effect<void, SettingsFile.SettingsUnusable> =>
  text === file.text ? Effect.void : SettingsFile.write(file, text)
