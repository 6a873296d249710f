/** What `drover doctor` says of the unit that keeps a supervisor running. */
import { access } from "node:fs/promises"
import { userInfo } from "node:os"
import * as Effect from "effect/Effect"
import * as ServiceUnit from "../../service/ServiceUnit.ts"
import { find } from "../../process/Program.ts"
import * as ThisUnit from "../ThisUnit.ts"
import { advisory, good, skipped } from "./Check.ts"

/** Whether the user's services go on while nobody is logged in, as logind keeps it. */
const isLingering = Effect.promise(() =>
  access(`/var/lib/systemd/linger/${userInfo().username}`).then(
    () => true,
    () => false
  )
)

export const unit = Effect.gen(function* () {
  const name = "unit"
  const unit = yield* ThisUnit.kept
  const { standing } = yield* ServiceUnit.look(unit)
  if (standing === "absent") {
    const tool = unit.manager === "systemd" ? "systemctl" : "launchctl"
    const has = yield* Effect.promise(() => find(tool, process.env.PATH, process.cwd()))
    return has === undefined
      ? skipped(name, `none is installed, and ${tool} is not in PATH`, "nothing is to be done")
      : skipped(name, "none is installed", "drover unit install keeps a supervisor running, if you want that")
  }
  if (standing === "outdated") {
    return advisory(name, `${unit.path} is not what this program would write`, "drover init --upgrade")
  }
  if (unit.manager === "systemd" && !(yield* isLingering)) {
    return advisory(name, `${unit.path}, current; it ends with your last session`, "loginctl enable-linger")
  }
  return good(name, `${unit.path}, current`)
})
