/**
 * What the programs of a batch wrote down while they worked: who started when, who ended, and every breach they saw.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Line {
  readonly directory: string
  readonly word: string
  readonly task: string
  readonly rest: ReadonlyArray<string>
  readonly text: string
}

/** A program that began to work: `who` is agent, judge or verifierN, `marker` its DROVER_ATTEMPT. */
export interface Start {
  readonly directory: string
  readonly task: string
  readonly who: string
  readonly marker: string
  readonly pid: number
  readonly born: string
}

/** All lines of all directories, each directory's in order. */
export const read = (root: string): ReadonlyArray<Line> => {
  const folder = join(root, "journals")
  return readdirSync(folder).flatMap((directory) =>
    readFileSync(join(folder, directory), "utf8")
      .split("\n")
      .filter((text) => text !== "")
      .map((text): Line => {
        const [word = "", task = "", ...rest] = text.split(" ")
        return { directory, word, task, rest, text }
      })
  )
}

const startOf = ({ directory, rest, task }: Line): Start => {
  const [who = "", marker = "", pid = "", born = ""] = rest
  return { directory, task, who, marker, pid: Number(pid), born }
}

/** Programs that a supervisor started, in order per directory. */
export const starts = (lines: ReadonlyArray<Line>): ReadonlyArray<Start> =>
  lines.filter(({ word }) => word === "start").map(startOf)

/** Every process that wrote itself down, the children that programs left behind among them. */
export const processes = (lines: ReadonlyArray<Line>): ReadonlyArray<Start> =>
  lines.filter(({ word }) => word === "start" || word === "child").map(startOf)

/** Every line that tells of a breach: a twin, a word that was not told on, a plan that was lost. */
export const breaches = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.filter(({ word }) => word === "twin" || word === "deaf" || word === "lost").map(({ text }) => text)

/** Starts in a directory before the one that came before them there had ended, though it went on to its own end. */
export const overlaps = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const open = new Map<string, Map<string, string>>()
  const found: Array<string> = []
  const ended = new Set(lines.filter(({ word }) => word === "end").map(({ rest }) => rest.slice(1).join(" ")))
  for (const { directory, rest, text, word } of lines) {
    const here = open.get(directory) ?? new Map<string, string>()
    open.set(directory, here)
    const who = rest.slice(1, 4).join(" ")
    if (word === "start") {
      // One that was killed has no end; whether it was dead by now is for the looks of the programs themselves.
      for (const [other, line] of here) if (ended.has(other)) found.push(`${text} during ${line}`)
      here.set(who, text)
    }
    if (word === "end") here.delete(who)
  }
  return found
}
