/** How Claude Code (2.1.197) is started and resumed. */
import { group, handler, namesOf } from "../../core/hook/VendorHooks.ts"
import type { Asked } from "./Asked.ts"
import { isGiven } from "./GivenArgs.ts"

/** Of permissions: without one of them each tool is refused, for nobody is there to be asked. */
const permissions = ["--permission-mode", "--dangerously-skip-permissions", "--permission-prompt-tool"]

/** A marker is 128 random bits; with the two fields of a random UUID (RFC 9562, 5.4) it names the session too. */
export const sessionOf = (marker: string): string =>
  `${marker.slice(0, 8)}-${marker.slice(8, 12)}-4${marker.slice(13, 16)}-a${marker.slice(17, 20)}-${marker.slice(20, 32)}`

const naming = (marker: Asked["marker"]): ReadonlyArray<string> =>
  marker === null ? [] : ["--session-id", sessionOf(marker)]

/**
 * Beside the hooks of the user's files; one that is in both is run once. Of two options the last one is all that counts,
 * so that where the user has one this could do nothing.
 */
const hooks = (program: string, own: Asked["args"]): ReadonlyArray<string> => {
  if (isGiven(own, ["--settings"])) return []
  const lists = namesOf("claude-code").map((name) => [name, [group(handler(program, name))]] as const)
  return ["--settings", JSON.stringify({ hooks: Object.fromEntries(lists) })]
}

/** Whether the user's own arguments leave it without the hooks that drover tells it of. */
export const dropsHooks = (own: Asked["args"]): boolean => isGiven(own, ["--settings", "--bare", "--safe-mode"])

export const args = ({
  args: own,
  hook = null,
  isAskedOnly = false,
  marker,
  model,
  session
}: Asked): ReadonlyArray<string> => [
  "-p",
  "--output-format",
  "stream-json",
  "--verbose",
  ...(isAskedOnly || isGiven(own, permissions) ? [] : ["--dangerously-skip-permissions"]),
  ...(hook === null ? [] : hooks(hook, own)),
  ...(session === null ? naming(marker) : ["--resume", session]),
  ...(model === null ? [] : ["--model", model])
]
