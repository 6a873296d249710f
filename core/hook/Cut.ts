/**
 * The beginning of a text, and a mark that says how much of it is missing: `… [12345 characters cut]`.
 *
 * Redaction takes the mark for the end of a text, and nothing is cut inside of a redaction or of another mark: what was
 * redacted and then cut holds nothing to redact.
 */

export const redacted = "[redacted]"

/** Characters are UTF-16 units. */
export const cutMark = (characters: number): string => `… [${characters} characters cut]`

/** No mark has more bytes in UTF-8: one for each character, and two more for `…`. */
export const cutMarkBytes = cutMark(Number.MAX_SAFE_INTEGER).length + 2

/** What is redacted and what is cut: a text is split by it into what stands between them, and them. */
export const partings = /(\[redacted\]|… \[\d{1,16} characters cut\])/

const markAtEnd = /… \[\d{1,16} characters cut\]$/
const markAlone = /^… \[\d{1,16} characters cut\]$/

export const isCut = (text: string): boolean => markAtEnd.test(text.slice(-cutMarkBytes))
/** Whether a text is a mark and no more. */
export const isCutMark = (text: string): boolean => text.length <= cutMarkBytes && markAlone.test(text)

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff
const isPair = (text: string, at: number): boolean => isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))

/** The bytes of a unit that is no part of a pair; a lone half becomes the replacement character. */
const plainBytes = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : 3)

/** `"`, `\`, and what has an escape of one letter: `\b \t \n \f \r`. */
const hasShortEscape = (code: number): boolean => code === 34 || code === 92 || (code >= 8 && code <= 13 && code !== 11)

/** The bytes of a unit that is no part of a pair as JSON.stringify writes it in a string. */
const jsonBytes = (code: number): number => {
  if (hasShortEscape(code)) return 2
  return code < 32 || isHigh(code) || isLow(code) ? 6 : plainBytes(code)
}

/** Bytes of UTF-8 of that part of a text. */
export const bytesOf = (text: string, start = 0, end = text.length): number => {
  let bytes = 0
  for (let at = start; at < end; at++) {
    if (isPair(text, at)) {
      bytes += 4
      at++
    } else {
      bytes += plainBytes(text.charCodeAt(at))
    }
  }
  return bytes
}

/** All of it, or the beginning that has room in so many bytes beside the mark, and ends inside of no character, redaction or mark. */
const shortened = (text: string, limit: number, sizeOf: (code: number) => number): string => {
  let room = limit - cutMarkBytes
  let end = 0
  while (end < text.length) {
    const isWide = isPair(text, end)
    room -= isWide ? 4 : sizeOf(text.charCodeAt(end))
    if (room < 0) break
    end += isWide ? 2 : 1
  }
  if (end === text.length) return text
  const kept = beforeParting(text, end)
  return text.slice(0, kept) + cutMark(text.length - kept)
}

/** That place, or the beginning of the redaction or mark that it lies in. */
const beforeParting = (text: string, at: number): number => {
  const from = Math.max(0, at - cutMarkBytes)
  let start = from
  const around = text.slice(from, at + cutMarkBytes)
  for (const [index, piece] of around.split(partings).entries()) {
    const end = start + piece.length
    if (index % 2 === 1 && start < at && at < end) return start
    start = end
  }
  return at
}

/** A text of at most `limit` bytes, which are at least a mark's. */
export const cutText = (text: string, limit: number): string =>
  text.length * 3 <= limit || bytesOf(text) <= limit ? text : shortened(text, limit, plainBytes)

/** The JSON string of a text, cut so that there are at most `limit` bytes between its quotes. */
export const cutString = (text: string, limit: number): string => JSON.stringify(shortened(text, limit, jsonBytes))
