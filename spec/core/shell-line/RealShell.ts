/**
 * The shells of this machine, for lines that can do no harm: the only program in reach is `m ID STATUS …`, which writes
 * its arguments into a log and ends with that status.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"

/** Each case starts a shell or more, so that there are fewer of them than elsewhere. */
export const realRuns = Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4)

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  /** The arguments of every `m` that ran, joined by blanks. */
  readonly log: ReadonlyArray<string>
}

/** The interpreters that are here; `sh` is everywhere. */
export const shells = ["/bin/sh", "/bin/bash"].filter((path) => existsSync(path))

/**
 * What the shells said in this process, by shell and line. It outlives this module, which mutation testing loads anew for
 * every change of the core: the shells need not be asked again, for the core is not in what they answer.
 */
const key = Symbol.for("drover: answers of real shells")
const kept: unknown = Reflect.get(globalThis, key)
const answers: Map<string, Ran> = kept instanceof Map ? kept : new Map()
Reflect.set(globalThis, key, answers)

export class Sandbox {
  readonly #folder = mkdtempSync(join(tmpdir(), "drover-shell-"))
  #runs = 0

  constructor() {
    mkdirSync(join(this.#folder, "bin"))
    writeFileSync(join(this.#folder, "bin", "m"), '#!/bin/sh\nprintf "%s\\0" "$*" >>"$LOG"\nexit "$2"\n', {
      mode: 0o755
    })
    for (const shell of shells) {
      const name = shell.slice(shell.lastIndexOf("/") + 1)
      writeFileSync(join(this.#folder, "bin", name), `#!/bin/sh\nexec ${shell} "$@"\n`, { mode: 0o755 })
    }
  }

  /** What a line does in a new empty folder. */
  run(shell: string, line: string): Ran {
    const question = `${shell} ${line}`
    const answer = answers.get(question) ?? this.#ask(shell, line)
    answers.set(question, answer)
    return answer
  }

  /** The first `m` is a function, so that most runs need one process only. */
  #ask(shell: string, line: string): Ran {
    const folder = join(this.#folder, `run${(this.#runs += 1)}`)
    mkdirSync(folder)
    const log = join(this.#folder, "log")
    writeFileSync(log, "")
    const { status, stdout } = spawnSync(shell, ["-c", `m() { printf '%s\\0' "$*" >>"$LOG"; return "$2"; }\n${line}`], {
      cwd: folder,
      env: { PATH: join(this.#folder, "bin"), LOG: log },
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
      timeout: 20_000
    })
    rmSync(folder, { recursive: true, force: true })
    return { status, stdout, log: readFileSync(log, "utf8").split("\0").filter(Boolean) }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
