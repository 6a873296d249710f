/** What `drover hooks` shows: changes of settings as a diff, and how the hooks stand. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff/lib/patch/create.js"
import type { Change, Operation, Place } from "../hooks/HookInstallation.ts"
import type { Agent } from "../hooks/SettingsPlaces.ts"
import { type Colour, paint } from "./Colour.ts"
import type * as Table from "./Table.ts"
import { plain } from "./Text.ts"

const nowhere = "/dev/null"

/** In the unified form of diff(1), whole lines; empty when nothing changes. */
export const diff = ({ file, text }: Change): string => {
  if (text === file.text) return ""
  const [before, after] = [file.text, text].map((each) => (each === null ? nowhere : file.target))
  return createTwoFilesPatch(before ?? nowhere, after ?? nowhere, file.text ?? "", text ?? "", "", "", {
    context: 2,
    headerOptions: FILE_HEADERS_ONLY
  })
}

const colourOf = (line: string): Colour | null => {
  if (/^(?:---|\+\+\+) /.test(line)) return "bold"
  if (line.startsWith("@@")) return "cyan"
  return line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : null
}

/** The same on a screen. */
export const shown = (text: string, hasColour: boolean): string =>
  plain(text)
    .trimEnd()
    .split("\n")
    .map((line) => paint(line, hasColour ? colourOf(line) : null))
    .join("\n")

const done: { readonly [O in Operation]: readonly [done: string, planned: string, already: string] } = {
  install: ["installed", "would be installed", "installed already"],
  remove: ["removed", "would be removed", "nothing to remove"]
}

/** One line of what came of it. */
export const outcome = (operation: Operation, place: Place, change: Change, isDryRun: boolean): string => {
  const [now, planned, already] = done[operation]
  const said = change.text === change.file.text ? already : isDryRun ? planned : now
  const via = change.file.target === place.path ? "" : ` (${change.file.target})`
  return plain(`${place.agent}: ${said}, ${place.path}${via}`)
}

/** What the vendors' programs do with hooks that nobody would expect. */
export const caveat = (agent: Agent): string | null => {
  switch (agent) {
    case "claude":
      return null
    case "codex":
      return "codex: it runs them when they are trusted: it asks for that when you start it at a terminal (/hooks)"
    case "opencode":
      return "opencode: with any plugin it fetches a package when it starts, and without a network waits 72 seconds for it"
  }
}

export const columns: ReadonlyArray<Table.Column> = [
  { title: "AGENT" },
  { title: "SCOPE" },
  { title: "HOOKS" },
  { title: "FILE", least: 20 }
]
