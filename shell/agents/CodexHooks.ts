/**
 * Hooks for one run of Codex (0.169.0), without any file. Codex runs a hook that it was not told to trust silently not at
 * all, and the option that has it trust everything would run hooks of a repository that nobody has looked at. So these
 * are trusted one by one: by their place, and by the digest that Codex makes of each. Should another version make it
 * otherwise, they are not run, and nothing else changes.
 */
import { createHash } from "node:crypto"
import { type Handler, handler, namesOf } from "../../core/hook/VendorHooks.ts"

/** `PreToolUse` is `pre_tool_use` in places and digests. */
const label = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** Of the entry as JSON with its keys in order, and all that it leaves unsaid. */
const digest = (name: string, { command, timeout, type }: Handler): string => {
  const entry = { event_name: label(name), hooks: [{ async: false, command, timeout, type }] }
  return `sha256:${createHash("sha256").update(JSON.stringify(entry)).digest("hex")}`
}

/** A basic string of TOML, which allows all that JSON does, but for one control character. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("\u007f", String.raw`\u007f`)

/** Whether an option of the user's own takes the place of these. */
export const areDropped = (own: ReadonlyArray<string>): boolean => own.some((arg) => /(?:^|=)\s*hooks\s*[.=]/.test(arg))

/** `program` is what the hooks run: an absolute path. Hooks of the user's files are run beside these. */
export const hookOptions = (program: string): ReadonlyArray<string> => {
  const all = namesOf("codex").map((name) => [name, handler(program, name)] as const)
  const lists = all.map(
    ([name, { command, timeout, type }]) =>
      `${name}=[{hooks=[{type=${quoted(type)},command=${quoted(command)},timeout=${timeout}}]}]`
  )
  const trusted = all.map(
    ([name, own]) => `"/<session-flags>/config.toml:${label(name)}:0:0"={trusted_hash="${digest(name, own)}"}`
  )
  return ["-c", `hooks={${lists.join(",")},state={${trusted.join(",")}}}`]
}
