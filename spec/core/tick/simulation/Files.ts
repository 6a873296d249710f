/** The files of each task, as numbers: what is on disk, what is committed, what has landed. */
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import type { Task } from "../../../../core/task/Task.ts"
import { type TreeState, unaddressed } from "../../../../core/tick/World.ts"

export interface Content {
  content: number
  head: number
  landed: number
  versions: number
}

export const make = (isAddressed: (id: TaskId) => boolean) => {
  const contents = new Map<TaskId, Content>()
  const worktrees = new Map<TaskId, number>()
  let worktreesMade = 0

  const of = (id: TaskId): Content => {
    const known = contents.get(id)
    if (known !== undefined) return known
    const fresh: Content = { content: 1, head: 1, landed: 1, versions: 1 }
    contents.set(id, fresh)
    return fresh
  }

  const write = (id: TaskId): void => {
    const files = of(id)
    files.versions++
    files.content = files.versions
  }

  const commit = (id: TaskId): void => {
    const files = of(id)
    files.head = files.content
  }

  /** What is not committed is put aside. */
  const reset = (id: TaskId): void => {
    const files = of(id)
    files.content = files.head
  }

  const land = (id: TaskId): void => {
    const files = of(id)
    files.landed = files.head
  }

  const treeOf = ({ flow, id }: Task): TreeState => {
    const { content, head, landed } = of(id)
    if (flow.merge === "none") return isAddressed(id) ? { ...unaddressed, tree: `t${content}` } : unaddressed
    const work = { branch: `drover/${id}`, commitsAhead: head === landed ? 0 : 1 }
    return { tree: `t${content}`, headTree: `t${head}`, isDirty: content !== head, work }
  }

  const ensureWorktree = ({ flow, id }: Task): void => {
    if (flow.merge === "squash" && !worktrees.has(id)) worktrees.set(id, ++worktreesMade)
  }

  return {
    of: (id: TaskId): Readonly<Content> => of(id),
    write,
    commit,
    reset,
    land,
    treeOf,
    ensureWorktree,
    worktreeOf: (id: TaskId): number | null => worktrees.get(id) ?? null,
    removeWorktree: (id: TaskId): void => void worktrees.delete(id)
  } as const
}
