/** The processes of an attempt, by other eyes than drover's own. */
import { readdirSync, readFileSync } from "node:fs"

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    // Gone, or not ours to look at.
    return ""
  }
}

const parentOf = (pid: number): number => {
  const stat = textOf(`/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
}

/** What the wrapper of an attempt has started: the program itself, without its tools. */
export const programsOf = (marker: string): ReadonlyArray<number> => {
  const own = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => textOf(`/proc/${pid}/environ`).split("\0").includes(`DROVER_ATTEMPT=${marker}`))
  const wrappers = own.filter(
    (pid) => !own.includes(parentOf(pid)) && textOf(`/proc/${pid}/cmdline`).startsWith("/bin/sh")
  )
  return own.filter((pid) => wrappers.includes(parentOf(pid)))
}
