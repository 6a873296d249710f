/**
 * `drover ingest`: leaves one hook event in the spool, durable when it says so. It knows neither the store nor Effect: an
 * agent waits for it at every call of a tool, and most of what it could take is the loading of them.
 */
import { closeSync, constants, fdatasync, fsync, openSync, readSync, unlinkSync, writeFileSync } from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { promisify } from "node:util"
import { hookNames, isHookName, type HookName } from "../../core/hook/HookName.ts"
import { basePaths } from "../config/BasePaths.ts"
import { nearest } from "../config/Nearest.ts"
import * as SpoolFile from "./SpoolFile.ts"
import { codeOf } from "../process/ErrorCode.ts"

type Environment = Readonly<Record<string, string | undefined>>

export type Ingested =
  | {
      readonly _tag: "Taken"
      readonly hook: HookName
      /** Where it lies; null when there was nothing to keep. */
      readonly file: string | null
    }
  /** Nothing was kept. */
  | { readonly _tag: "Refused"; readonly message: string }

const refused = (why: string): Ingested => ({ _tag: "Refused", message: `drover ingest: ${why}` })

const said = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const list = hookNames.join(", ")

const unknown = (hook: string | null): Ingested => {
  if (hook === null) return refused(`--hook is missing; it is one of ${list}`)
  const meant = nearest(hook, hookNames)
  const hint = meant === null ? "; there are" : `: did you mean ${meant}? There are`
  return refused(`there is no hook ${JSON.stringify(hook)}${hint} ${list}`)
}

const chunkBytes = 64 * 1024

/** Standard input to its end; null when it is longer than an event may be. */
const input = async (): Promise<Buffer | null> => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  const isLong = (chunk: Buffer): boolean => {
    chunks.push(chunk)
    bytes += chunk.length
    return bytes > SpoolFile.longestBody
  }
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const some = readSync(0, chunk, 0, chunkBytes, null)
      if (some === 0) return Buffer.concat(chunks)
      if (isLong(chunk.subarray(0, some))) return null
    }
  } catch (cause) {
    // Somebody has made the pipe one that does not wait, so Node has to wait for it.
    if (codeOf(cause) !== "EAGAIN") throw cause
  }
  for await (const chunk of process.stdin) if (isLong(Buffer.from(chunk))) return null
  return Buffer.concat(chunks)
}

/** Makes a name of its own in the spool, and the spool where it is gone. */
const create = async (
  spool: string,
  hook: HookName
): Promise<{ readonly descriptor: number; readonly name: string }> => {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  let isMade = false
  for (let n = 0; ;) {
    const name = SpoolFile.format({ pid: process.pid, n, hook })
    try {
      return { descriptor: openSync(join(spool, name), flags, 0o600), name }
    } catch (cause) {
      if (codeOf(cause) === "EEXIST" && n < SpoolFile.mostTries) n++
      else if (codeOf(cause) === "ENOENT" && !isMade) {
        // Loading it takes as long as all the rest, and the folder is nearly always there.
        const { makeFolder, makeStateDirectory } = await import("../store/PrivateFile.ts")
        await makeStateDirectory(dirname(spool))
        await makeFolder(spool)
        await sync(dirname(spool))
        isMade = true
      } else throw cause
    }
  }
}

const fdatasyncInPool = promisify(fdatasync)
const fsyncInPool = promisify(fsync)

/** Makes the names in a folder durable. */
const sync = async (folder: string): Promise<void> => {
  const descriptor = openSync(folder, "r")
  try {
    await fsyncInPool(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The file that it wrote, and that is there after a loss of power. Rejects with the system's error. */
const keep = async (spool: string, hook: HookName, body: Buffer): Promise<string> => {
  const { descriptor, name } = await create(spool, hook)
  const file = join(spool, name)
  try {
    writeFileSync(descriptor, Buffer.concat([body, Buffer.from(SpoolFile.end(name))]))
    // At once, for a busy disk takes for two as long as for one.
    const synced = await Promise.allSettled([fdatasyncInPool(descriptor), sync(spool)])
    for (const each of synced) if (each.status === "rejected") throw each.reason
    return file
  } catch (cause) {
    unlinkSync(file)
    throw cause
  } finally {
    closeSync(descriptor)
  }
}

/** As the hook's program does, an agent's `$DROVER_SPOOL` goes before what the state directory is here. */
const spoolOf = (environment: Environment): string => {
  const given = environment.DROVER_SPOOL
  return given !== undefined && isAbsolute(given) ? given : basePaths(environment).spool
}

/** Takes what is on standard input as an event of that hook; null when none was named. It never rejects. */
export const ingest = async (hook: string | null, environment: Environment): Promise<Ingested> => {
  if (hook === null || !isHookName(hook)) return unknown(hook)
  let body: Buffer | null
  try {
    body = await input()
  } catch (cause) {
    return refused(`standard input can not be read: ${said(cause)}`)
  }
  if (body === null) return refused(`the event has more than ${SpoolFile.longestBody} bytes`)
  if (body.toString("utf8").trim() === "") return { _tag: "Taken", hook, file: null }
  try {
    return { _tag: "Taken", hook, file: await keep(spoolOf(environment), hook, body) }
  } catch (cause) {
    return refused(`the event can not be kept: ${said(cause)}`)
  }
}

/** For who asks for it. Otherwise nothing is printed: agents give what some hooks print to the model. */
export const report = ({ file, hook }: Extract<Ingested, { _tag: "Taken" }>) => ({ hook, file })
