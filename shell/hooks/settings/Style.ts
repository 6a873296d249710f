/** How a JSON text is laid out, so that what is added to it looks like the rest. */
import type { Node } from "jsonc-parser"

export interface Style {
  /** Between a bracket or comma and what stands at that depth; never empty. */
  readonly lineBreak: (depth: number) => string
  /** The value, to stand at that depth. */
  readonly write: (value: object, depth: number) => string
}

const make = (lineBreak: Style["lineBreak"]): Style => ({
  lineBreak,
  write: (value, depth) => {
    // No string of a JSON text has a line break in it, so each line begins with its depth.
    const [first = "", ...rest] = JSON.stringify(value, null, 1).split("\n")
    const lines = rest.map((line) => {
      const content = line.trimStart()
      return lineBreak(depth + line.length - content.length) + content
    })
    return [first, ...lines].join("")
  }
})

/** Of the text whose top object that is; of a text that is to be written when there is none. */
export const styleOf = (text: string, root: Node | null): Style => {
  const [first] = root?.children ?? []
  const end = text.includes("\r\n") ? "\r\n" : "\n"
  if (root === null || first === undefined) return make((depth) => end + "  ".repeat(depth))
  const space = text.slice(root.offset + 1, first.offset)
  const newline = space.lastIndexOf("\n")
  if (newline === -1) return make(() => " ")
  const unit = space.slice(newline + 1)
  return make((depth) => end + unit.repeat(depth))
}
