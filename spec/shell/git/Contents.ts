/** What a directory holds, as a value: made at random, put on disk, and addressed by git itself. */
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { git } from "./Repository.ts"

interface File {
  readonly content: string
  readonly mode: "file" | "executable" | "link"
}
/** What is in a directory: names of one or two parts, so that files lie in folders too. */
export type Content = Readonly<Record<string, File>>

const name = fc.oneof(
  fc.constantFrom("a", "b", "c", "ä", "x y", ":colon", '"quoted"'),
  fc.tuple(fc.constantFrom("dir", "dür"), fc.constantFrom("a", "b")).map((parts) => parts.join("/"))
)
const file: fc.Arbitrary<File> = fc.record({
  // Of few lengths, so that a change often keeps the size.
  content: fc.stringOf(fc.constantFrom("x", "y", "\n", "\r", "\0", "é"), { minLength: 1, maxLength: 3 }),
  mode: fc.constantFrom("file", "file", "executable", "link")
})
export const content: fc.Arbitrary<Content> = fc.dictionary(name, file, { maxKeys: 5 }).map((files) => ({ ...files }))

const put = async (root: string, path: string, { content, mode }: File): Promise<void> => {
  const target = join(root, path)
  await mkdir(dirname(target), { recursive: true })
  await rm(target, { force: true })
  if (mode === "link") return symlink(content.replaceAll("\0", "0"), target)
  await writeFile(target, content)
  await chmod(target, mode === "executable" ? 0o755 : 0o644)
}

export const fill = async (root: string, files: Content): Promise<void> => {
  await mkdir(root, { recursive: true })
  for (const [path, file] of Object.entries(files)) await put(root, path, file)
}

/** What git says of the same files, committed in a repository of their own. */
export const committed = async (root: string, files: Content): Promise<string> => {
  await fill(root, files)
  await git(root, ["init", "-q"])
  await git(root, ["add", "-A"])
  return git(root, ["write-tree"])
}

export const isSame = (a: Content, b: Content): boolean => {
  const shape = (files: Content): string =>
    JSON.stringify(
      Object.entries(files)
        .map(([path, { content, mode }]) => [path, mode, mode === "link" ? content.replaceAll("\0", "0") : content])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    )
  return shape(a) === shape(b)
}
