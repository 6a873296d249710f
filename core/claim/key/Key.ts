/**
 * The identity of a claim: the same action on the same object in the same topic is one commitment, however often and in
 * whatever words it is announced.
 */
import type { ActionClaim } from "../ActionClaim.ts"
import { objectName } from "./ObjectName.ts"
import { sha256 } from "./Sha256.ts"

const digits = 16

/**
 * `actionclaim:` and the first 16 hexadecimal digits of SHA-256 over `topic|lemma|object`, the object by its name.
 * A topic may hold any character, also `|`: a lemma and a name never do, so that the two last bars divide the text.
 */
export const key = (topic: string, { object, verb }: Pick<ActionClaim, "verb" | "object">): string =>
  `actionclaim:${sha256(`${topic}|${verb}|${objectName(object ?? "")}`).slice(0, digits)}`
