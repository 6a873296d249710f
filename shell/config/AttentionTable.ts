/**
 * The `[attention]` table of a user's file: how what needs a person reaches one, beside `drover attention`.
 */
import { isAbsolute, resolve as resolvePath } from "node:path"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { Command, maybe, Switch, Word } from "./Values.ts"

export interface Attention {
  /** Started for what needs a person; null for none. */
  readonly command: { readonly command: string; readonly args: ReadonlyArray<string> } | null
  /** The desktop's own notifications. */
  readonly desktop: boolean
  /** An http or https URL that is sent it, which may be a secret itself; null for none. */
  readonly webhook: Redacted.Redacted | null
  /** A live view on a terminal rings. */
  readonly bell: boolean
}

export const nothing: Attention = { command: null, desktop: false, webhook: null, bell: false }

export const AttentionTable = Schema.Struct({
  command: maybe(
    Command,
    "A program that is told what needs a person: a name in PATH, or a path, relative to the folder of this file"
  ),
  args: maybe(Schema.Array(Word), "Passed to it as they are"),
  desktop: maybe(Switch, "Show a notification on the desktop"),
  webhook: maybe(Word, "An http or https URL to which it is sent as JSON"),
  bell: maybe(Switch, "Ring the bell of the terminal that `up` or `run` is shown on")
})

const isWebhook = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { password, protocol, username } = new URL(text)
  return (protocol === "http:" || protocol === "https:") && username === "" && password === ""
}

/** What the table's own schema can not say. The URL is not shown: whoever knows it may send to it. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> => {
  const at = (key: string): ReadonlyArray<string> => ["attention", key]
  const webhook = Toml.valueAt(document.data, at("webhook"))
  const found: Array<ConfigProblem> = []
  if (typeof webhook === "string" && !isWebhook(webhook)) {
    const expected = "an http or https URL without a user or password in it"
    found.push(Toml.problem(document, "Value", at("webhook"), `webhook: expected ${expected}`))
  }
  if (
    Toml.valueAt(document.data, at("args")) !== undefined &&
    Toml.valueAt(document.data, at("command")) === undefined
  ) {
    found.push(Toml.problem(document, "Key", at("args"), "args goes with command: which program gets them?"))
  }
  return found
}

/** The table, for a document in which `problems` found none. `folder`: that of the file. */
export const resolve = (table: typeof AttentionTable.Type | undefined, folder: string): Attention => {
  const { args = [], bell = false, command, desktop = false, webhook } = table ?? {}
  const isRelativePath = command !== undefined && command.includes("/") && !isAbsolute(command)
  return {
    command: command === undefined ? null : { command: isRelativePath ? resolvePath(folder, command) : command, args },
    desktop,
    webhook: webhook === undefined ? null : Redacted.make(webhook),
    bell
  }
}
