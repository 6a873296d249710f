/** `node:child_process`, whose wrappers are announced, and git where it is not only asked. */
import * as Real from "node:child_process"
import { basename } from "node:path"
import { announce, boundary } from "./Boundary.ts"

export * from "node:child_process"

/** Commands that leave something behind them. */
const changing = /^(?:checkout|clean|commit-tree|merge|read-tree|reset|update-index|update-ref|worktree|write-tree)$/

/** What is of a landing alone: its refs, its worktree, the move of a branch (`-m`) and what follows it (`-q`, `-m`). */
const isLandings = (words: ReadonlyArray<string>): boolean =>
  words.some((word) => /^refs\/drover\/land\/|\.l\d+$|^-[mq]$/.test(word))

const strings = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : []

const ofOptions = (options: unknown, name: string): unknown =>
  typeof options === "object" && options !== null ? Reflect.get(options, name) : undefined

/** A command of git, by its name and what it is to do, or null for one that changes nothing that lasts. */
const gitDeed = (words: ReadonlyArray<string>, options: unknown): string | null => {
  const first = words.findIndex((word, index) => word !== "-c" && words[index - 1] !== "-c")
  const [name = "", ...rest] = words.slice(first)
  const env = ofOptions(options, "env")
  // A look writes to a folder of its own, and a rehearsal nothing at all.
  const isLook = ofOptions(env, "GIT_OBJECT_DIRECTORY") !== undefined || rest.includes("-n")
  if (!changing.test(name) || isLook || rest[0] === "list") return null
  const what = name === "worktree" || (name === "update-ref" && rest[0]?.startsWith("-") === true) ? ` ${rest[0]}` : ""
  return `git ${name}${what}`
}

export const spawn = (...args: ReadonlyArray<unknown>): unknown => {
  const [program, words, options] = args
  const name = basename(String(program))
  if (name !== "git") boundary(`spawn ${name}`)
  else {
    const own = strings(words)
    const deed = gitDeed(own, options)
    if (deed !== null) announce(deed, isLandings([...own, String(ofOptions(options, "cwd"))]) ? "landing" : null)
  }
  return Reflect.apply(Real.spawn, Real, args)
}
