/** The unit of the supervisor as a step of `drover init`. */
import * as Effect from "effect/Effect"
import * as SettingsFile from "../../hooks/SettingsFile.ts"
import * as ServiceUnit from "../../service/ServiceUnit.ts"
import * as ThisUnit from "../ThisUnit.ts"
import { idle, orFailed, type Step } from "./Step.ts"

const what = "unit"

const line = (commands: ReadonlyArray<ReadonlyArray<string>>): string =>
  commands.map((words) => words.join(" ")).join(" && ")

/** Where none is there it is written only if it is `wanted`. */
export const unit = (isWanted: boolean) =>
  Effect.gen(function* () {
    const unit = yield* ThisUnit.kept
    const { file, standing } = yield* ServiceUnit.look(unit)
    if (standing === "absent" && !isWanted) return []
    if (standing === "current") return [idle(what, unit.path, "unchanged", null)]
    const step: Step = {
      what,
      path: unit.path,
      was: standing === "absent" ? "written" : "refreshed",
      note:
        standing === "absent"
          ? `to start it: ${line(ServiceUnit.startCommands(unit))}`
          : `to have it used: ${line(ServiceUnit.restartCommands(unit))}`,
      apply: Effect.as(SettingsFile.write(file, unit.text), null)
    }
    return [step]
  }).pipe(orFailed(what, "the unit of the supervisor"))
