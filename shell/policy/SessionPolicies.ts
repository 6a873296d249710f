/**
 * The files by which a session is held to ask: `session-policy/<session>_<attempt>.json`. A reader sees the old file or the new one,
 * and what is written is durable. Whoever reads them is no supervisor but the hook of an agent.
 */
import { open, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isName, type Owner, ownerIn, render, type SessionPolicy } from "../../core/policy/SessionPolicy.ts"
import { Places } from "../config/Places.ts"
import * as SmallFile from "../process/SmallFile.ts"
import { makeFolder } from "../store/PrivateFile.ts"

/** The files can not be listed, written or removed; a session whose file was to be written is not held. */
export class SessionPolicyUnusable extends Data.TaggedError("SessionPolicyUnusable")<{
  readonly operation: "list" | "write" | "remove"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `can not ${this.operation} the session policy ${this.path}: ${why}`
  }
}

/** A file that is there; `owner` null: it says nothing that the hook understands. */
export interface Present {
  readonly session: string
  readonly owner: Owner | null
}

export class SessionPolicies extends Context.Tag("drover/SessionPolicies")<
  SessionPolicies,
  {
    /** A name that could be more than a name is refused. */
    readonly write: (policy: SessionPolicy) => Effect.Effect<void, SessionPolicyUnusable>
    /** Doing it again changes nothing. */
    readonly clear: (session: string) => Effect.Effect<void, SessionPolicyUnusable>
    /** By their names, in order. */
    readonly list: Effect.Effect<ReadonlyArray<Present>, SessionPolicyUnusable>
    /** Removes what a write that was broken off has left; of a supervisor that has the state directory for itself. */
    readonly tidy: Effect.Effect<void, SessionPolicyUnusable>
  }
>() {}

const suffix = ".json"
/** Not ending like a policy, so that no hook takes it for one. */
const part = /^\.[A-Za-z0-9_-]{1,128}\.[0-9]+\.part$/

const refusal = (session: string): Error => new Error(`${JSON.stringify(session)} is no name of a session`)

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

const namesIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  try {
    return (await readdir(folder)).toSorted()
  } catch (cause) {
    if (isMissing(cause)) return []
    throw cause
  }
}

/** Null too for what is no file: nothing is waited for. */
const ownerOf = (path: string): Owner | null => {
  try {
    return ownerIn(SmallFile.read(path) ?? "")
  } catch {
    return null
  }
}

const present = async (folder: string): Promise<ReadonlyArray<Present>> =>
  (await namesIn(folder)).flatMap((name) => {
    const session = name.slice(0, -suffix.length)
    return name.endsWith(suffix) && isName(session) ? [{ session, owner: ownerOf(join(folder, name)) }] : []
  })

const put = async (folder: string, policy: SessionPolicy, at: number): Promise<void> => {
  if (!isName(policy.session)) throw refusal(policy.session)
  await makeFolder(folder)
  const fresh = join(folder, `.${policy.session}.${process.pid}.part`)
  await rm(fresh, { force: true })
  try {
    const handle = await open(fresh, "wx", 0o600)
    try {
      await handle.writeFile(render(policy, new Date(at).toISOString()))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, join(folder, policy.session + suffix))
  } catch (cause) {
    await rm(fresh, { force: true })
    throw cause
  }
  await syncFolder(folder)
}

/** In the state directory. */
export const layer: Layer.Layer<SessionPolicies, never, Places> = Layer.effect(
  SessionPolicies,
  Effect.map(Places, ({ sessionPolicies: folder }) => {
    const attempt = <A>(operation: SessionPolicyUnusable["operation"], path: string, work: () => Promise<A>) =>
      Effect.tryPromise({ try: work, catch: (cause) => new SessionPolicyUnusable({ operation, path, cause }) })
    return {
      write: (policy) =>
        Effect.flatMap(Clock.currentTimeMillis, (at) => attempt("write", folder, () => put(folder, policy, at))),
      clear: (session) =>
        attempt("remove", folder, async () => {
          if (!isName(session)) throw refusal(session)
          await rm(join(folder, session + suffix), { force: true })
        }),
      list: attempt("list", folder, () => present(folder)),
      tidy: attempt("remove", folder, async () => {
        for (const name of await namesIn(folder)) if (part.test(name)) await rm(join(folder, name), { force: true })
      })
    }
  })
)

/** In a map, for specs. */
export const layerMemory: Layer.Layer<SessionPolicies> = Layer.sync(SessionPolicies, () => {
  const files = new Map<string, Owner>()
  const named = <A>(operation: SessionPolicyUnusable["operation"], session: string, work: () => A) =>
    isName(session)
      ? Effect.sync(work)
      : new SessionPolicyUnusable({ operation, path: "memory", cause: refusal(session) })
  return {
    write: ({ attempt, session, task }) => named("write", session, () => void files.set(session, { task, attempt })),
    clear: (session) => named("remove", session, () => void files.delete(session)),
    list: Effect.sync(() =>
      [...files.keys()].toSorted().map((session) => ({ session, owner: files.get(session) ?? null }))
    ),
    tidy: Effect.void
  }
})
