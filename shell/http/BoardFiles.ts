/**
 * The built page of the board: its files read once, as they were when somebody first asked, and served from memory. What is
 * not in the list that was read is not there, so that no path leads anywhere else.
 */
import { createHash } from "node:crypto"
import { readFile, readdir, realpath, stat } from "node:fs/promises"
import { dirname, extname, join } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import * as Context from "effect/Context"

/** The folder with `index.html` and `assets/`; null: beside the program that runs. */
export class BoardFolder extends Context.Reference<BoardFolder>()("drover/BoardFolder", {
  defaultValue: (): string | null => null
}) {}

export interface BoardFile {
  readonly type: string
  readonly bytes: Buffer
  /** The same, compressed; null where that would not be less. */
  readonly compressed: Buffer | null
  readonly etag: string
  /** Its name says what is in it: another content has another. */
  readonly isForEver: boolean
}

/** By path, `/` for the page itself. */
export type BoardFiles = ReadonlyMap<string, BoardFile>

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".woff2": "font/woff2"
}

/** Bytes of a file, and how many files: far more than the page has. */
const largest = 8 * 1024 * 1024
const mostFiles = 200

const compress = promisify(gzip)

const read = async (file: string, isForEver: boolean): Promise<BoardFile | null> => {
  const type = types[extname(file)]
  const about = await stat(file)
  if (type === undefined || !about.isFile() || about.size > largest) return null
  const bytes = await readFile(file)
  const compressed = await compress(bytes, { level: 9 })
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22)
  return {
    type,
    bytes,
    compressed: compressed.length < bytes.length ? compressed : null,
    etag: `"${digest}"`,
    isForEver
  }
}

/** Where the package has it: `dist/board`, beside `dist/bin`. */
const beside = async (): Promise<string> => join(dirname(dirname(await realpath(process.argv[1] ?? ""))), "board")

/** Rejects where there is no page. */
export const load = async (folder: string | null): Promise<BoardFiles> => {
  const root = folder ?? (await beside())
  const found = new Map<string, BoardFile>()
  const take = async (path: string, file: string, isForEver: boolean): Promise<void> => {
    const one = found.size < mostFiles ? await read(file, isForEver) : null
    if (one !== null) found.set(path, one)
  }
  await take("/", join(root, "index.html"), false)
  for (const name of await readdir(root)) {
    if (name.startsWith("favicon.")) await take(`/${name}`, join(root, name), false)
  }
  const assets = join(root, "assets")
  for (const name of await readdir(assets).catch(() => [])) await take(`/assets/${name}`, join(assets, name), true)
  if (!found.has("/")) throw new Error(`${root} has no page`)
  return found
}
