/**
 * Opens a link in the user's browser. The link itself is in no argument list, which every user of the machine can read: the
 * browser is given a file that is its owner's alone, and leads on.
 */
import { spawn } from "node:child_process"
import { open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Program from "../process/Program.ts"

/** No browser was opened; whoever has the link can go there by hand. */
export class NotOpened extends Data.TaggedError("NotOpened")<{ readonly why: string }> {
  override get message(): string {
    return `no browser could be opened (${this.why}): open the link by hand`
  }
}

/** The program that opens a file in whatever it is for. */
const openers: Partial<Readonly<Record<NodeJS.Platform, string>>> = { darwin: "open" }
const usualOpener = "xdg-open"

/** Milliseconds; one that stays longer is a browser itself. */
const patienceMs = 3000

const pageTo = (url: string): string => {
  const safe = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")
  return (
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>drover</title>` +
    `<meta http-equiv="refresh" content="0; url=${safe}"><a href="${safe}">drover</a>\n`
  )
}

/** It has its name when it is whole. */
const write = async (file: string, text: string): Promise<void> => {
  const fresh = `${file}.${process.pid}.new`
  await rm(fresh, { force: true })
  const handle = await open(fresh, "wx", 0o600)
  try {
    await handle.writeFile(text)
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
}

const start = (command: string, file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [file], { cwd: dirname(file), detached: true, stdio: "ignore" })
    const late = setTimeout(resolve, patienceMs)
    child.once("error", reject)
    child.once("exit", (code, signal) => {
      clearTimeout(late)
      if (code === 0) return resolve()
      reject(new Error(`${command} ended with ${code === null ? signal : `status ${code}`}`))
    })
    child.unref()
  })

/** By way of that file, which is replaced. */
export const show = (
  url: string,
  file: string,
  { PATH }: Readonly<Record<string, string | undefined>>
): Effect.Effect<void, NotOpened> =>
  Effect.tryPromise({
    try: async () => {
      const name = openers[process.platform] ?? usualOpener
      const command = await Program.find(name, PATH, dirname(file))
      if (command === undefined) throw new Error(`there is no ${name}`)
      await write(file, pageTo(url))
      await start(command, file)
    },
    catch: (cause) => new NotOpened({ why: cause instanceof Error ? cause.message : String(cause) })
  })
