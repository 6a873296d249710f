/** The lines of a difference, each with what it is. */

type Kind = "file" | "hunk" | "added" | "removed" | "same"

export interface DiffLine {
  readonly kind: Kind
  readonly text: string
}

/** As `git diff` writes it, a list of files before it. */
export const lines = (text: string): ReadonlyArray<DiffLine> => {
  if (text === "") return []
  let isInHunk = false
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      if (line.startsWith("diff --git ")) {
        isInHunk = false
        return { kind: "file", text: line }
      }
      if (line.startsWith("@@")) {
        isInHunk = true
        return { kind: "hunk", text: line }
      }
      if (!isInHunk) return { kind: "same", text: line }
      if (line.startsWith("+")) return { kind: "added", text: line }
      return line.startsWith("-") ? { kind: "removed", text: line } : { kind: "same", text: line }
    })
}
