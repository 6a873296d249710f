/**
 * Words that end a conversation. Two agents that thank each other would go on for ever: a message that consists of such a
 * word wakes nobody, and a session whose last words take their leave is given no more conversation in that turn.
 */

/** They say that there is nothing more to say. */
const farewells: ReadonlySet<string> = new Set([
  "stop",
  "end",
  "end of conversation",
  "over and out",
  "no reply needed",
  "nothing more",
  "bye",
  "goodbye"
])

/** They answer without saying anything. Not "done": somebody may wait for that. */
const courtesies: ReadonlySet<string> = new Set([
  "ok",
  "okay",
  "ack",
  "acknowledged",
  "understood",
  "got it",
  "noted",
  "thanks",
  "thank you",
  "you're welcome",
  "you are welcome"
])

/** No stop word is longer: a long text is not searched through. */
const longest = 40

/** In lower case, without emphasis and without the punctuation at its end; null where it is too long for a stop word. */
const bare = (text: string): string | null => {
  const trimmed = text.trim()
  if (trimmed.length > longest) return null
  return trimmed
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[\s*_"'`]+|[\s*_"'`.!,;:]+$/g, "")
}

/** Whether the whole text takes its leave. */
export const isFarewell = (text: string): boolean => farewells.has(bare(text) ?? "")

/** Whether the whole text is a farewell or a courtesy. */
export const isStopWord = (text: string): boolean => isFarewell(text) || courtesies.has(bare(text) ?? "")
