/**
 * `drover profile`: where the time of a store goes, measured on a copy of it; for whoever finds a tick, a start or the
 * hooks slow.
 */
import { tmpdir } from "node:os"
import { resolve } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { Failed } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as ProfileView from "../ProfileView.ts"
import * as Services from "../Services.ts"

const options = {
  store: Options.text("store").pipe(
    Options.withDescription("The store's file, such as a backup; that of the state directory when absent"),
    Options.optional
  ),
  directory: Options.text("directory").pipe(
    Options.withDescription("A folder for the copy; the one for temporary files when absent"),
    Options.optional
  ),
  cpuProfile: Options.text("cpu-profile").pipe(
    Options.withDescription("Also write what V8 saw into a file that is not there yet (.cpuprofile)"),
    Options.optional
  ),
  json: Flags.json
}

export const command = Command.make("profile", options, ({ cpuProfile, directory, json, store }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { database } = yield* Places
    const policy = yield* Services.policy
    const { measure } = yield* Effect.promise(() => import("../../profile/StoreProfile.ts"))
    const profile = yield* measure({
      store: resolve(Option.getOrElse(store, () => database)),
      directory: resolve(Option.getOrElse(directory, tmpdir)),
      policy,
      cpuProfile: Option.getOrNull(Option.map(cpuProfile, (path) => resolve(path)))
    })
    if (json) return yield* output.json(ProfileView.json(profile))
    yield* output.line(ProfileView.text(profile, output.size()?.columns ?? null))
  }).pipe(
    Effect.catchTags({
      BackupFailed: ({ message }) => new Failed({ message }),
      CpuProfileFailed: ({ message }) => new Failed({ message }),
      FolderUnusable: ({ message }) => new Failed({ message })
    }),
    Effect.provide(Services.places)
  )
)
