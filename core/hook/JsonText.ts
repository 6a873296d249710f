/**
 * JSON as the text it is: where its strings, numbers and containers stand, so that a few of them can be replaced and
 * every other byte stays as it was sent (digits beyond a double, keys that come twice, blanks).
 */

export type Kind = "open" | "close" | "key" | "string" | "scalar"

/** A place in a text: from `start` up to, but not with, `end`; a string's holds its quotes. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A place and what shall stand there. */
export interface Edit extends Span {
  readonly by: string
}

const blank = 32
const quote = 34
const comma = 44
const colon = 58
const backslash = 92

/** `[` or `{` */
const opens = (code: number): boolean => code === 91 || code === 123
/** `]` or `}` */
const closes = (code: number): boolean => code === 93 || code === 125

export const isJson = (text: string): boolean => {
  if (!/^\s*["[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // Not JSON is an ordinary text.
    return false
  }
}

/** What a string's token says. */
export const textOf = (token: string): string => (token.includes("\\") ? String(JSON.parse(token)) : token.slice(1, -1))

/** Visits the parts of a valid JSON text in order, once each, however deep they lie. */
export const scan = (text: string, visit: (kind: Kind, start: number, end: number) => void): void => {
  const isObject: Array<boolean> = []
  let isKey = false
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = stringEnd(text, at)
      visit(isKey ? "key" : "string", at, end)
      isKey = false
      at = end
    } else if (opens(code)) {
      isKey = code === 123
      isObject.push(isKey)
      visit("open", at, ++at)
    } else if (closes(code)) {
      isObject.pop()
      visit("close", at, ++at)
    } else if (code === comma) {
      isKey = isObject.at(-1) === true
      at++
    } else if (code <= blank || code === colon) {
      at++
    } else {
      const end = scalarEnd(text, at)
      visit("scalar", at, end)
      at = end
    }
  }
}

/** The first quote after an even number of backslashes ends a string. */
const stringEnd = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  for (;;) {
    let before = end
    while (text.charCodeAt(before - 1) === backslash) before--
    if ((end - before) % 2 === 0) return end + 1
    end = text.indexOf('"', end + 1)
  }
}

const scalarEnd = (text: string, start: number): number => {
  let end = start + 1
  while (end < text.length && isOfScalar(text.charCodeAt(end))) end++
  return end
}

const isOfScalar = (code: number): boolean => code > blank && code !== comma && !closes(code)

/** The text after the edits, which come in order and do not overlap. */
export const edited = (text: string, edits: ReadonlyArray<Edit>): string => {
  if (edits.length === 0) return text
  const pieces: Array<string> = []
  let done = 0
  for (const { start, end, by } of edits) {
    pieces.push(text.slice(done, start), by)
    done = end
  }
  pieces.push(text.slice(done))
  return pieces.join("")
}
