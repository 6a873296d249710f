/**
 * Takes keys, tokens and passwords out of a text: values whose name says so, and what looks like a vendor's key wherever
 * it stands. It can not know every secret; what it finds it replaces by `[redacted]`.
 */
import { isCutMark, redacted } from "./Cut.ts"
import { type Edit, edited, isJson, type Kind, scan, textOf } from "./JsonText.ts"
import { mayHoldSecrets, redactPlain } from "./PlainRedaction.ts"
import { isSecretFlag, isSecretName } from "./SecretName.ts"

/**
 * The text without its secrets; a second time there is nothing to do. JSON stays JSON, and all else of it stays as it
 * is, byte for byte: under a name that says so a string, a number, or all of an object or array becomes `"[redacted]"`.
 * Of a text that is no JSON, and of a string in JSON, no more than 1 MiB is read where there may be a secret, and no
 * more is kept.
 */
export const redact = (text: string): string => {
  if (!mayHoldSecrets(text)) return text
  if (isJson(text)) return redactJson(text)
  const plain = redactPlain(text)
  // What made it no JSON may be gone: a line break in a string, with the key that had it.
  return plain !== text && isJson(plain) ? redactJson(plain) : plain
}

const redactedString = `"${redacted}"`

interface Container {
  readonly start: number
  readonly depth: number
  /** Edits before it. */
  readonly edits: number
  /** Whether there is anything in it that a secret could be. */
  holds: boolean
}

const redactJson = (text: string): string => {
  const edits: Array<Edit> = []
  let depth = 0
  /** Whether the next value is a secret by the name before it. */
  let isSecret = false
  /** The value of such a name, as long as it is open. */
  let container: Container | null = null

  const onOpen = (start: number): void => {
    if (isSecret && container === null) container = { start, depth, edits: edits.length, holds: false }
    depth++
    isSecret = false
  }

  const onClose = (end: number): void => {
    depth--
    isSecret = false
    if (container === null || container.depth !== depth) return
    if (container.holds) {
      edits.length = container.edits
      edits.push({ start: container.start, end, by: redactedString })
    }
    container = null
  }

  const onText = (start: number, end: number, isKey: boolean): void => {
    const content = textOf(text.slice(start, end))
    const isValue = !isKey && content !== "" && !isCutMark(content)
    if (container !== null && isValue) container.holds = true
    const plain = redactPlain(content)
    if (isSecret && isValue) edits.push({ start, end, by: redactedString })
    else if (plain !== content) edits.push({ start, end, by: JSON.stringify(plain) })
    isSecret = isKey ? isSecretName(plain) : isSecretFlag(plain)
  }

  const onScalar = (start: number, end: number): void => {
    if (isNumber(text.charCodeAt(start))) {
      if (container !== null) container.holds = true
      if (isSecret) edits.push({ start, end, by: redactedString })
    }
    isSecret = false
  }

  scan(text, (kind: Kind, start, end) => {
    switch (kind) {
      case "open":
        return onOpen(start)
      case "close":
        return onClose(end)
      case "scalar":
        return onScalar(start, end)
      default:
        return onText(start, end, kind === "key")
    }
  })
  return edited(text, edits)
}

/** `-` or a digit: `true`, `false` and `null` are no secrets. */
const isNumber = (code: number): boolean => code < 58
