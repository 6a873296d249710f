/** Texts for paths and environments of a unit, with all that is special to a service manager, a shell or XML. */
import fc from "fast-check"

const piece = fc.oneof(
  fc.constantFrom(
    "%",
    "%%",
    "%n",
    "%h",
    "$",
    "$$",
    "$HOME",
    "${HOME}",
    '"',
    "'",
    "\\",
    "\\n",
    "\\x41",
    " ",
    "  ",
    "&",
    "&amp;"
  ),
  fc.constantFrom("<", ">", "]]>", "=", ";", "#", ":", "@", "-", "!", "+", "é", "漢", "🚀", "--", "~", "*", "(", "|"),
  fc.stringMatching(/^[\w.]{1,6}$/)
)

/** No control characters, and no halves of characters. */
export const word = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""))

export const path = word.map((text) => `/${text}`)

export const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/)
