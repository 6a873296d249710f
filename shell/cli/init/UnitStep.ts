/** The unit of the supervisor as a step of `drover init`. */
import * as Effect from "effect/Effect"
import * as SettingsFile from "../../hooks/SettingsFile.ts"
import * as ServiceUnit from "../../service/ServiceUnit.ts"
import * as ThisUnit from "../ThisUnit.ts"
import { idle, orFailed, type Step } from "./Step.ts"

const what = "unit"

const commands = (unit: ServiceUnit.Unit): string =>
  ServiceUnit.startCommands(unit)
    .map((words) => words.join(" "))
    .join(" && ")

const again = ({ manager, name }: ServiceUnit.Unit): string =>
  manager === "systemd"
    ? `to have it used: systemctl --user daemon-reload && systemctl --user restart ${name}.service`
    : "to have it used: drover unit remove --now, then drover unit install --now"

/** Where none is there it is written only if it is `wanted`. */
export const unit = (isWanted: boolean) =>
  Effect.gen(function* () {
    const unit = yield* ThisUnit.make()
    const { file, standing } = yield* ServiceUnit.look(unit)
    if (standing === "absent" && !isWanted) return []
    if (standing === "current") return [idle(what, unit.path, "unchanged", null)]
    const step: Step = {
      what,
      path: unit.path,
      was: standing === "absent" ? "written" : "refreshed",
      note: standing === "absent" ? `to start it: ${commands(unit)}` : again(unit),
      apply: Effect.as(SettingsFile.write(file, unit.text), null)
    }
    return [step]
  }).pipe(orFailed(what, "the unit of the supervisor"))
