/** What drover puts into a vendor's settings, as texts. Nothing is read or written here, and nothing is thrown. */
import * as Either from "effect/Either"
import type { Vendor } from "../../../core/agent/Version.ts"
import { handler, namesOf } from "../../../core/hook/VendorHooks.ts"
import * as HookSettings from "./HookSettings.ts"
import * as OpenCodePlugin from "./OpenCodePlugin.ts"

export type { Problem, Standing } from "./HookSettings.ts"

/** The entries of a vendor whose hooks are commands. */
export const wanted = (vendor: Vendor, program: string): HookSettings.Wanted =>
  new Map(namesOf(vendor).map((name) => [name, handler(program, name)]))

/** The text with the hooks that run `program`. A `text` of null is that of a file that is not there. */
export const install = (
  vendor: Vendor,
  text: string | null,
  program: string
): Either.Either<string, HookSettings.Problem> =>
  vendor === "opencode" ? OpenCodePlugin.install(text, program) : HookSettings.install(text, wanted(vendor, program))

/** The text without them; null where the file was made for them alone. */
export const uninstall = (vendor: Vendor, text: string): Either.Either<string | null, HookSettings.Problem> =>
  vendor === "opencode" ? Either.right(OpenCodePlugin.uninstall(text)) : HookSettings.uninstall(text)

/** How they stand there: `stale` are those of another state directory or another drover. */
export const standing = (
  vendor: Vendor,
  text: string | null,
  program: string
): Either.Either<HookSettings.Standing, HookSettings.Problem> =>
  vendor === "opencode" ? OpenCodePlugin.standing(text, program) : HookSettings.standing(text, wanted(vendor, program))

/** The programs that drover's entries there run, each once. */
export const programs = (
  vendor: Vendor,
  text: string | null
): Either.Either<ReadonlyArray<string>, HookSettings.Problem> =>
  text === null
    ? Either.right([])
    : vendor === "opencode"
      ? Either.right(OpenCodePlugin.programs(text))
      : HookSettings.programs(text)
