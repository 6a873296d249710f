/**
 * Secrets in a text that is no JSON, as it stands: a command, an answer, a log; also JSON inside of it, with its quotes
 * escaped any number of times. Each search goes once over the text, whatever it holds.
 *
 * What is redacted or cut parts a text into pieces that know nothing of each other. Within a piece nothing is found by
 * looking at how it goes on that would not be found, from the same place, if it went on in another way. So a redacted
 * text holds nothing to redact, and neither does its beginning, with a mark of Cut.ts behind it.
 */
import { cutText, partings, redacted } from "./Cut.ts"
import type { Span } from "./JsonText.ts"
import { anyWord, isHeaderName, isSecretName, lastWord } from "./SecretName.ts"

/** A key with its head and foot; its lines may be parted by blanks or by escapes (`\n`). */
const pem =
  /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\+[nrt])*(?:[a-zA-Z\d+/=]{16}|[A-Z][a-zA-Z-]{3,20}:)(?:[a-zA-Z\d+/=:,.()\s]|-(?!----)|\\+[nrt])*(?:-----END [A-Z\d ]{0,60}-----)?/

/**
 * What vendors' keys and tokens look like; the shorter a prefix, the more must follow it, and stand apart. Each begins with
 * its letters, and what must stand before them is looked at after them: at most places no letter fits, and that is quick.
 */
const forms = [
  /sk-(?:ant|proj|svcacct|admin|or|lf)-[\w-]{10,}/,
  /sk-(?:(?<![a-zA-Z\d]sk-)|(?<=\\[nrt]sk-))[a-zA-Z\d]{20,}/,
  /[rs]k_(?:live|test)_[a-zA-Z\d]{10,}/,
  /gh[oprsu]_[a-zA-Z\d]{16,}/,
  /github_pat_\w{16,}/,
  /glpat-[\w-]{16,}/,
  /xox[a-z]-[\w-]{10,}/,
  /A[KS]IA[A-Z\d]{16,}/,
  /AIza[\w-]{30,}/,
  /npm_[a-zA-Z\d]{30,}/,
  /hf_[a-zA-Z\d]{30,}/,
  // Inside of a run of the same characters no other begins, or a long run would be looked at again and again.
  /eyJ(?:(?<![\w-]eyJ)|(?<=\\[nrt]eyJ))[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/
]

/** What comes before such a token, and the token, unless a name or a key is meant that stands there. */
const bearer = new RegExp(`([Bb]earer[ \\t]{1,8})(?!${lastWord.source}|${pem.source})[\\w.~+/=-]{16,}`)

/** `scheme://user:password@host`: the user, and the password, which reaches to the last `@` before the path. */
const login = /:\/\/([^\s/?#"'`<>\\:@]*):([^\s/?#"'`<>\\]+)@/

/** In this order: of two that begin at one place the first is meant. */
const sourceOf = ({ source }: RegExp): string => source
export const secret = new RegExp(
  `(${lastWord.source})|${login.source}|${[pem, bearer, ...forms].map(sourceOf).join("|")}`,
  "g"
)
const key = new RegExp(pem.source, "y")

/** Whether there may be a secret at all, also in JSON text with its escapes: most texts hold none, and this is quick. */
const trace = new RegExp(
  `${anyWord.source}|-----BEGIN |[Bb]earer|sk-|[rs]k_|gh[oprsu]_|github_pat_|glpat-|xox[a-z]-|A[KS]IA|AIza|npm_|hf_|eyJ|\\\\u00[2-7]`
)
const scheme = /:\\?\/\\?\//

export const mayHoldSecrets = (text: string): boolean => trace.test(text) || (text.includes("@") && scheme.test(text))

/** 1 MiB, as much as any way in takes: over far more an expression needs more memory than there is for it. */
const readBytes = 1_048_576

export const redactPlain = (text: string): string =>
  mayHoldSecrets(text)
    ? cutText(text, readBytes)
        .split(partings)
        .map((piece, index) => (index % 2 === 0 ? redactPiece(piece) : piece))
        .join("")
    : text

const redactPiece = (piece: string): string => {
  const pieces: Array<string> = []
  let rest = piece
  for (let found = firstIn(rest); found !== null; found = firstIn(rest)) {
    pieces.push(rest.slice(0, found.start), redacted)
    // What comes after it is a piece of its own.
    rest = rest.slice(found.end)
  }
  return pieces.join("") + rest
}

const firstIn = (text: string): Span | null => {
  secret.lastIndex = 0
  for (let found = secret.exec(text); found !== null; found = secret.exec(text)) {
    const start = found.index
    const [whole, word, user, password, before = ""] = found
    const end = start + whole.length
    if (word !== undefined) {
      const value = valueOf(text, start, end)
      if (value !== null) return value
    } else if (user !== undefined && password !== undefined) {
      const value = loginIn(text, start + "://".length, user, password)
      if (value !== null) return value
      secret.lastIndex = start + "://".length
    } else {
      return { start: start + before.length, end }
    }
  }
  return null
}

/** The password; the user too where a secret is in it, for what is looked at next comes after the password. */
const loginIn = (text: string, start: number, user: string, password: string): Span | null => {
  const at = start + user.length + 1
  const value = secretIn(text, at, at + password.length)
  return value === null || firstIn(`${user}:`) === null ? value : { start, end: value.end }
}

/** References and placeholders: `$TOKEN`, `${TOKEN}`, `$(cat file)`, `<your token>`, `***`, `...`. */
const reference = /^(?:\$\w*|\$\{[^}]*\}?|\$\(.*|<[\w -]*>?|\*+|\.{1,3})$/

/** The rest of a name, then what parts it from its value: `"name": "`, `NAME=`, `name := '`. */
const assignment =
  /((?:s|value|hash|[_-]value|[_-]hash)?(?:[_-]?\d{1,4})?)((?:\\{0,15}["'`])?)\]?[ \t]{0,8}(:=|=>|[:=](?!=))([ \t]{0,8})((?:\\{0,15}["'`])?)/iy
/** `--name value` */
const argument = /[ \t](?!-)((?:\\{0,15}["'`])?)/y

/** Longer than any name that is looked at whole. */
const nameLength = 64
const isOfName = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 45

const nameStart = (text: string, at: number): number => {
  let start = at
  while (start > 0 && at - start < nameLength && isOfName(text.charCodeAt(start - 1))) start--
  return start
}

/** The value of the name whose last word stands there; null where it has none, or none that is a secret. */
const valueOf = (text: string, wordStart: number, wordEnd: number): Span | null => {
  const start = nameStart(text, wordStart)
  assignment.lastIndex = wordEnd
  const assigned = assignment.exec(text)
  if (assigned === null) return isFlag(text.slice(start, wordEnd)) ? argumentOf(text, start, wordEnd) : null
  const [whole, rest = "", close = "", separator = "", blanks = "", open = ""] = assigned
  const name = text.slice(start, wordEnd + rest.length)
  if (!isSecretName(name)) return null
  const at = wordEnd + whole.length
  const lines = keyEnd(text, at)
  if (lines !== null) return { start: at, end: lines }
  if (open !== "") return secretIn(text, at, quotedEnd(text, at, open))
  if (separator === ":" && close === "" && isHeader(text, start, name))
    return secretIn(text, at, headerEnd(text, start, at))
  const isSure = separator === "=" && blanks === ""
  return isSure ? secretIn(text, at, wordsEnd(text, at, isQuery(text, start) ? inQuery : unquoted)) : guess(text, at)
}

/** A key has lines, which no other value has. */
const keyEnd = (text: string, at: number): number | null => {
  key.lastIndex = at
  return key.test(text) ? key.lastIndex : null
}

/** Also behind an escape, whose letter looks like one of the name: `\n--token`. */
const isFlag = (name: string): boolean => /^(?:[nrt]-)?-/.test(name)

const isQuery = (text: string, start: number): boolean => /[?&]/.test(text.charAt(start - 1))

const argumentOf = (text: string, start: number, wordEnd: number): Span | null => {
  argument.lastIndex = wordEnd
  const found = argument.exec(text)
  if (found === null || !isSecretName(text.slice(start, wordEnd))) return null
  const [whole, open = ""] = found
  const at = wordEnd + whole.length
  return secretIn(text, at, open === "" ? wordsEnd(text, at, unquoted) : quotedEnd(text, at, open))
}

/** Longer references are none: what is no secret is looked at again, for others in it. */
const referenceLength = 256

/** That part of the text, unless it is empty or a reference. */
const secretIn = (text: string, start: number, end: number): Span | null => {
  const isReference = end - start <= referenceLength && reference.test(text.slice(start, end))
  return start === end || isReference ? null : { start, end }
}

// Escapes of line ends and quotes belong to what stands around a value.
const unquoted = /(?:[^\s"'`\\]|\\+(?![\\nrt"'`]|$))+/y
const inQuery = /(?:[^\s"'`\\&#]|\\+(?![\\nrt"'`]|$))+/y
const ofHeader = /(?:[^\n\r"'`\\]|\\+(?![\\nrt"'`]|$))+/y
const ofLine = /(?:[^\n\r\\]|\\+(?![\\nr]|$))+/y

const wordsEnd = (text: string, at: number, kind: RegExp): number => {
  kind.lastIndex = at
  return kind.test(text) ? kind.lastIndex : at
}

const closing = /["'`\n\r]/g

/**
 * Where a value ends that a quote with its escapes opened (`"`, `\"`, `\\\"`): at the quote that stands on the same level,
 * or else with its line.
 */
const quotedEnd = (text: string, at: number, open: string): number => {
  const mark = open.charAt(open.length - 1)
  closing.lastIndex = at
  for (let found = closing.exec(text); found !== null; found = closing.exec(text)) {
    const end = found.index
    const [character] = found
    if (character === "\n" || character === "\r") return end
    if (character !== mark) continue
    const escapes = backslashesBefore(text, end, at)
    // A backslash of the value is written as 2, 4, 8 ... of them, so that what is over belongs to the quote.
    if (escapes % (2 * open.length) === open.length - 1) return end - (open.length - 1)
  }
  return text.length
}

const backslashesBefore = (text: string, end: number, start: number): number => {
  let before = end
  while (before > start && text.charCodeAt(before - 1) === 92) before--
  return end - before
}

const quotes = /^["'`]$/

/** `Authorization: Basic …` anywhere, others in quotes: `'X-Api-Key: …'`. */
const isHeader = (text: string, start: number, name: string): boolean =>
  isHeaderName(name) || (name.includes("-") && quotes.test(text.charAt(start - 1)))

/** A header in quotes ends with them, one that begins a line with the line, and any other at a quote. */
const headerEnd = (text: string, start: number, at: number): number => {
  const before = text.charAt(start - 1)
  if (!quotes.test(before)) return wordsEnd(text, at, before === "" || before === "\n" ? ofLine : ofHeader)
  return quotedEnd(text, at, "\\".repeat(Math.min(15, backslashesBefore(text, start - 1, 0))) + before)
}

const literal = /[\w.~!@#$%^*+/-]{6,}/y

/** `name: value` is said in prose and in programs too (`token: string`): there a secret has six characters and a digit. */
const guess = (text: string, at: number): Span | null => {
  const end = wordsEnd(text, at, literal)
  return /\d/.test(text.slice(at, end)) ? secretIn(text, at, end) : null
}
