/**
 * The service of worktrees over the repositories of the simulation, in the steps that git takes for it: between any two
 * of them its supervisor may be killed. What it knows is its own, as it read it when it began.
 */
import * as Effect from "effect/Effect"
import type { Task } from "../../../../core/task/Task.ts"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import { type Service, WorktreeFailed } from "../../../../shell/git/WorktreeService.ts"
import { answered } from "../../kernel/Defect.ts"
import type { Loop } from "../../kernel/Loop.ts"
import { hashOf } from "./History.ts"
import type { Made, Repositories } from "./Repositories.ts"

const nameOf = ({ number, task }: Pick<Made, "number" | "task">): string => `${task}.${number}`

export const make = (loop: Loop, repositories: Repositories): Service => {
  const { watcher } = repositories
  const known = new Map<TaskId, Made>()
  const one = Effect.unsafeMakeSemaphore(1)

  const step = <A>(what: string, path: string, work: () => A): Effect.Effect<A, WorktreeFailed> =>
    Effect.uninterruptible(
      Effect.tryPromise({
        try: () => repositories.ask(loop, `${what} ${path}`, work),
        catch: answered((cause) => new WorktreeFailed({ operation: what, path, cause }))
      })
    )

  const write = (made: Made): void => void repositories.made.set(nameOf(made), made)

  const note = (made: Made) =>
    Effect.tap(
      step("note", made.top, () => write(made)),
      () => Effect.sync(() => known.set(made.task, made))
    )

  const reload = Effect.map(
    step("list", "worktrees", () => [...repositories.made.values()]),
    (all) => {
      known.clear()
      for (const made of all.toSorted((a, b) => a.number - b.number)) if (!made.isGone) known.set(made.task, made)
    }
  )

  const begin = Effect.fnUntraced(function* ({ id, spec, visit }: Task) {
    const { target } = spec
    const top = repositories.topOf(`${id}.${visit}`)
    const found = yield* step("find", spec.cwd, () => {
      if (target === undefined) throw new Error("it lands nowhere")
      const repository = repositories.of(target)
      return { repository, base: repository.tip(target.branch) }
    })
    const branch = `drover/${id}-${spec.name}`
    const made = { ...found, task: id, number: visit, top, branch, isMade: false, isSetUp: false, kept: null }
    const fresh: Made = { ...made, isGone: false }
    if (repositories.at(top) !== null) {
      return yield* new WorktreeFailed({ operation: "make", path: top, cause: "a folder is there already" })
    }
    yield* note(fresh)
    return fresh
  })

  /** Of a branch that is checked out nothing else can be made, and it can not go. */
  const isElsewhere = ({ branch, repository, top }: Made): boolean =>
    [...repository.checkouts.values()].some(
      (checkout) => checkout.top !== top && "branch" in checkout.at && checkout.at.branch === branch
    )

  const add = Effect.fnUntraced(function* (made: Made) {
    const { base, branch, repository, top } = made
    yield* step("branch", top, () => {
      if (!repository.branches.has(branch)) repository.branches.set(branch, base)
    })
    yield* step("add", top, () => {
      if (isElsewhere(made)) throw new Error(`fatal: '${branch}' is already checked out`)
      repositories.check(repository, top, { branch })
    })
    yield* note({ ...made, isMade: true })
  })

  /** Has a ref hold all that no other would; answers it, or null where all is held. */
  const keep = (made: Made, ref: string) =>
    step("keep", made.top, () => {
      const { repository, top } = made
      const checkout = repository.checkouts.get(top)
      if (checkout === undefined) return null
      const head = repository.headOf(checkout)
      const isWhole = hashOf(checkout.files) === hashOf(repository.history.treeOf(head))
      if (isWhole && repository.isHeld(head)) return null
      repository.refs.set(ref, isWhole ? head : repository.history.add([head], checkout.files))
      return ref
    })

  const finish = Effect.fnUntraced(function* (made: Made) {
    const { base, branch, kept, repository, top } = made
    yield* step("remove", top, () => {
      if (repository.checkouts.has(top)) watcher.removing(made)
      repositories.uncheck(repository, top)
    })
    yield* step("leave", top, () => {
      const tip = repository.branches.get(branch)
      if (tip === undefined || (tip !== base && kept?.isLanded !== true) || isElsewhere(made)) return
      if (tip !== base) repository.refs.set(`landed/${nameOf(made)}`, tip)
      repository.branches.delete(branch)
    })
    yield* step("note", top, () => write({ ...made, isGone: true }))
    known.delete(made.task)
    return kept?.ref ?? null
  })

  const remove = Effect.fnUntraced(function* (task: TaskId, number: number, isLanded: boolean) {
    const made = known.get(task)
    if (made?.number !== number) return null
    const before = made.kept
    const ref = yield* keep(made, `rescue/${nameOf(made)}${before === null || before.ref === null ? "" : ".late"}`)
    const kept = { ...made, kept: { ref: ref ?? before?.ref ?? null, isLanded: isLanded || before?.isLanded === true } }
    yield* note(kept)
    return yield* finish(kept)
  })

  const ensure = Effect.fnUntraced(function* (task: Task) {
    const before = known.get(task.id)
    if (before !== undefined && before.kept !== null) yield* remove(task.id, before.number, false)
    const made = known.get(task.id) ?? (yield* begin(task))
    const isThere = yield* step("look", made.top, () => repositories.at(made.top) !== null)
    if (!made.isMade || !isThere) yield* add({ ...made, isMade: false, isSetUp: false })
    return { top: made.top, needsSetup: known.get(task.id)?.isSetUp !== true }
  })

  return {
    reload,
    alone: (work) => one.withPermits(1)(work),
    tasks: () => [...known.keys()],
    numberOf: (task) => known.get(task)?.number ?? null,
    baseOf: (task) => known.get(task)?.base ?? null,
    directoryOf: ({ id, spec, visit }) =>
      spec.isolate === "in-place" ? spec.cwd : (known.get(id)?.top ?? repositories.topOf(`${id}.${visit}`)),
    ensure: (task) => one.withPermits(1)(ensure(task)),
    noteSetup: (task) =>
      Effect.suspend(() => {
        const made = known.get(task)
        return made === undefined ? Effect.void : note({ ...made, isSetUp: true })
      }),
    restore: ({ id }, attempt, head) =>
      one.withPermits(1)(
        Effect.gen(function* () {
          const made = known.get(id)
          if (made === undefined) return
          const ref = `rescue/${nameOf(made)}.${attempt}`
          const kept = yield* keep(made, ref)
          yield* step("reset", made.top, () => {
            const checkout = made.repository.checkouts.get(made.top)
            if (checkout === undefined) throw new Error("it is gone")
            const now = made.repository.headOf(checkout)
            if (kept === null && now !== head) made.repository.refs.set(ref, now)
            made.repository.reset(checkout, head)
            watcher.restored(id, head)
          })
        })
      ),
    remove: (task, number, isLanded) => one.withPermits(1)(remove(task, number, isLanded))
  }
}
