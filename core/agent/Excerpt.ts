/**
 * The beginning or the end of a text within a limit: what is kept of a message that may be of any length.
 */

const mark = "…"
/** `mark` in UTF-8. */
const markBytes = 3

/**
 * At most `limit` bytes of UTF-8 from the end of the text, with no character cut in two. Blank lines at the end go
 * first; the last line itself stays as it is, for a verdict is exact. The end is kept because that is where a verdict
 * line or an error stands; what was cut begins with `…`, so that a rest never reads like a whole line.
 */
export const endOf = (text: string, limit: number): string => {
  const trimmed = withoutBlankEnd(text)
  let start = trimmed.length
  let bytes = 0
  // One character beyond the room for the mark decides whether the mark is needed at all.
  let startWithMark = start
  while (start > 0) {
    // Before the text stands NaN, which is no half of a pair.
    const isPair = isLow(trimmed.charCodeAt(start - 1)) && isHigh(trimmed.charCodeAt(start - 2))
    const code = trimmed.charCodeAt(start - 1)
    bytes += isPair ? 4 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3
    if (bytes > limit) return limit < markBytes ? "" : mark + trimmed.slice(startWithMark)
    start -= isPair ? 2 : 1
    if (bytes <= limit - markBytes) startWithMark = start
  }
  return trimmed
}

/** At most `limit` UTF-16 units from the beginning, no character cut in two; what was cut ends with `…`. */
export const startOf = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const end = limit - mark.length
  return text.slice(0, isHigh(text.charCodeAt(end - 1)) ? end - 1 : end) + mark
}

const withoutBlankEnd = (text: string): string => {
  const content = text.trimEnd()
  const newline = text.indexOf("\n", content.length)
  return newline < 0 ? text : text.slice(0, newline).replace(/\r$/, "")
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff
