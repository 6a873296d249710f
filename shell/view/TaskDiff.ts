/** What is another in a task's directory, for a person who looks: in a worktree since its branch began, in place since its first attempt. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { TaskId } from "../../core/task/Identifiers.ts"
import * as Changes from "../git/Changes.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import { Store } from "../store/Store.ts"
import * as Conversation from "./Conversation.ts"

/** Characters that are shown. */
const longest = 256 * 1024

const searchPath = "/usr/local/bin:/usr/bin:/bin"

interface Told {
  readonly directory: string | null
  readonly base: string | null
}

const untold = (id: TaskId, { base, directory }: Told, why: string) => ({
  id,
  state: "untold" as const,
  why,
  directory,
  base,
  text: "",
  is_cut: false
})

export const read = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const task = Option.getOrNull(yield* store.task(id))
    if (task === null) return yield* new NoSuchTask({ id })
    const { base, directory, worktree } = yield* Conversation.workplaceOf(task)
    const place = { base, directory }
    if (directory === null) return untold(id, place, worktree ?? "it has no worktree yet")
    const [first] = (yield* store.attempts(id)).slice(0, 1)
    if (base === null && first === undefined) return untold(id, place, "nobody has worked on it yet")
    const since: Changes.Since =
      base === null ? { _tag: "Time", at: first?.createdAt ?? task.createdAt } : { _tag: "Commit", commit: base }
    const path = process.env.PATH ?? searchPath
    const found = yield* Effect.either(Changes.look(path, directory, since, longest))
    if (found._tag === "Left") return untold(id, place, found.left.message)
    const about = { id, why: null, directory, base }
    switch (found.right._tag) {
      case "Untold":
        return untold(id, place, "it is no git repository")
      case "Unchanged":
        return { ...about, state: "unchanged" as const, text: "", is_cut: false }
      case "Changed":
        return { ...about, state: "changed" as const, text: found.right.text, is_cut: found.right.isCut }
    }
  })
