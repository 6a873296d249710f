/**
 * What stands between `$'` and `'` (POSIX 2024, 2.2.4), where that is text in any locale.
 */

const named: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["e", "\u001B"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"']
])

const escape = /\\(?:x(?<hex>[0-9a-fA-F]{1,2})|(?<octal>[0-7]{1,3})|(?<letter>[^]))/y

/** The text, or null where an escape stands for a byte that is no ASCII character, for none, or for nothing known. */
export const ansiC = (quoted: string): string | null => {
  let text = ""
  let at = 0
  for (let next = quoted.indexOf("\\"); next >= 0; next = quoted.indexOf("\\", at)) {
    escape.lastIndex = next
    const found = escape.exec(quoted)
    const { hex, letter, octal } = found?.groups ?? {}
    const code = hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16)
    const character = letter === undefined ? ascii(code) : named.get(letter)
    if (character === undefined) return null
    text += quoted.slice(at, next) + character
    at = escape.lastIndex
  }
  return text + quoted.slice(at)
}

const ascii = (code: number): string | undefined => (code > 0 && code < 0x80 ? String.fromCharCode(code) : undefined)
