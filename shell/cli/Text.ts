/**
 * Text as a terminal shows it: how wide it is, cut to fit, and without anything that moves the cursor.
 */
import { stripVTControlCharacters } from "node:util"

/** Everything that a terminal obeys instead of showing, but tab and newline. */
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** What a program printed, safe to show: no escape sequences, no control characters. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replaceAll("\r\n", "\n").replaceAll(controls, "")

/** The first line of a text, as one line. */
export const oneLine = (text: string): string => (plain(text).trim().split("\n")[0] ?? "").replaceAll("\t", " ")

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u
/** Printable ASCII is the common case, and needs no look at each letter. */
const ascii = /^[\u0020-\u007e]*$/

const widthOf = (letter: string): number => (zero.test(letter) ? 0 : wide.test(letter) ? 2 : 1)

/** Columns that a line without control characters takes (Unicode TR11, without ambiguous letters). */
export const width = (text: string): number => {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const letter of text) columns += widthOf(letter)
  return columns
}

/** The line in at most that many columns; what is cut ends in an ellipsis. */
export const cut = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  if (columns <= 0) return ""
  let kept = ""
  let used = 0
  for (const letter of text) {
    const next = widthOf(letter)
    if (used + next > columns - 1) break
    kept += letter
    used += next
  }
  return `${kept}…`
}

/** The line filled with spaces to that many columns. */
export const pad = (text: string, columns: number, align: "left" | "right" = "left"): string => {
  const space = " ".repeat(Math.max(0, columns - width(text)))
  return align === "left" ? text + space : space + text
}
