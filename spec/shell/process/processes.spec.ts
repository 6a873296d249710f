/** The real layer: the contract, and what only real processes can show. */
import type { Words } from "./Contract.ts"
import { contract } from "./Contract.ts"
import { layer } from "../../../shell/process/Processes.ts"

const sh = (script: string) => ({ command: "sh", args: ["-c", script] })

const words: Words = {
  exits: (status) => sh(`exit ${status}`),
  prints: sh("echo ran"),
  sleeps: { command: "sleep", args: ["60"] },
  ignoresTerm: sh("trap '' TERM; exec sleep 60"),
  stopped: sh("kill -STOP $$; sleep 60"),
  leaves: sh("setsid sleep 60 & exit 0"),
  tree: sh("sleep 60 & (setsid sleep 60 &); env -u DROVER_ATTEMPT setsid sleep 60 & exec sleep 60"),
  breeds: sh("while :; do setsid sleep 60 & sleep 0.02; done"),
  missing: { command: "drover-spec-no-such-program", args: [] }
}

contract("real", words, () => layer)
