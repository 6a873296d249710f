/** The service of landings over the repositories of the simulation, in the steps that git takes for it. */
import * as Effect from "effect/Effect"
import { RunNumber, TaskId } from "../../../../core/task/Identifiers.ts"
import { LandingFailed, type Run, type Service, type Squash } from "../../../../shell/git/LandingService.ts"
import type { Service as Worktrees } from "../../../../shell/git/WorktreeService.ts"
import { answered } from "../../kernel/Defect.ts"
import type { Loop, Process } from "../../kernel/Loop.ts"
import { hashOf } from "./History.ts"
import type { Repositories } from "./Repositories.ts"

const refOf = ({ run, task }: Run): string => `land/${task.id}.${run}`

/** The ref of a landing, or its worktree. */
const remains = /(?:^land\/(?=\d+\.\d)|\/(?=\d+\.l))(\d+)\.l?(\d+)$/

const refused = (detail: string): Squash => ({ _tag: "Refused", kind: { _tag: "Other", detail } })

/** For that process; `alone`: as worktrees are made and taken away. */
export const make = (
  loop: Loop,
  process: Process,
  repositories: Repositories,
  { alone }: Pick<Worktrees, "alone">
): Service => {
  const { watcher } = repositories
  const topOf = ({ run, task }: Run): string => repositories.topOf(`${task.id}.l${run}`)

  const step = <A>(what: string, path: string, work: () => A): Effect.Effect<A, LandingFailed> =>
    Effect.uninterruptible(
      Effect.tryPromise({
        try: () => repositories.ask(loop, `${what} ${path}`, work),
        catch: answered((cause) => new LandingFailed({ operation: what, path, cause }))
      })
    )

  const clear = (asked: Run) =>
    step("clear", topOf(asked), () => repositories.uncheck(repositories.of(asked.target), topOf(asked)))

  const squash: Service["squash"] = Effect.fnUntraced(function* (asked, from, { branch, directory }) {
    const top = topOf(asked)
    const repository = repositories.of(asked.target)
    const { history } = repository
    const work = yield* step("work", directory, () => {
      const checkout = repository.checkouts.get(directory)
      return checkout === undefined ? (repository.branches.get(branch) ?? null) : repository.headOf(checkout)
    })
    if (work === null) return refused(`the branch ${branch} is gone`)
    if (history.ahead(work, from) === 0) return { _tag: "Refused", kind: null } satisfies Squash
    yield* clear(asked)
    yield* step("add", top, () => repositories.check(repository, top, { commit: from }))
    return yield* step("merge", top, (): Squash => {
      const { commit, conflicts } = history.squash(from, work)
      if (conflicts.length > 0) return { _tag: "Refused", kind: { _tag: "Conflict", files: conflicts } }
      if (commit === null) return { _tag: "Refused", kind: { _tag: "EmptyDiff" } }
      repositories.check(repository, top, { commit })
      const tree = hashOf(history.treeOf(commit))
      const unchanged = tree === hashOf(history.treeOf(work)) ? tree : null
      return { _tag: "Ready", candidate: { commit, top, directory: top, unchanged } }
    })
  })

  return {
    base: (target, to) =>
      step("base", target.repository, () => {
        const repository = repositories.of(target)
        const commit = repository.branches.get(target.branch)
        if (commit === undefined) return null
        const held = repository.hindrance(target.branch, to)
        watcher.looked(process, target, to, held === null)
        return { commit, held }
      }),
    squash: (asked, from, of) => alone(squash(asked, from, of)),
    arm: (asked, candidate) =>
      step("arm", asked.target.repository, () => {
        const { refs } = repositories.of(asked.target)
        if (refs.has(refOf(asked))) throw new Error(`${refOf(asked)} is there already`)
        refs.set(refOf(asked), candidate)
        watcher.armed(process, asked, candidate)
      }),
    move: (asked, from, to) =>
      step("move", asked.target.repository, () => {
        const { branches, refs } = repositories.of(asked.target)
        if (refs.get(refOf(asked)) !== to || branches.get(asked.target.branch) !== from) return false
        branches.set(asked.target.branch, to)
        watcher.moved(asked, from, to)
        return true
      }),
    disarm: (asked) =>
      step("disarm", asked.target.repository, () => void repositories.of(asked.target).refs.delete(refOf(asked))),
    has: (target, commit) =>
      step("has", target.repository, () => {
        const { branches, history } = repositories.of(target)
        const tip = branches.get(target.branch)
        return (tip === undefined ? [...branches.values()] : [tip]).some((one) => history.isIn(commit, one))
      }),
    follow: (target, from, to) =>
      step("follow", target.repository, () => {
        const repository = repositories.of(target)
        const { users } = repository
        if (!("branch" in users.at) || users.at.branch !== target.branch) return
        const paths = repository.inTheWay(from, to)
        if (paths.length > 0) throw new Error(`${paths.join(", ")} would be overwritten`)
        for (const [path, content] of repository.changes(from, to)) {
          if (users.index.get(path) === content) continue
          users.index.set(path, content)
          users.files.set(path, content)
        }
      }),
    clear: (asked) => alone(clear(asked)),
    left: () =>
      step("list", "landings", () =>
        repositories.all.flatMap(({ checkouts, refs }) =>
          [...checkouts.keys(), ...refs.keys()].flatMap((name) => {
            const [, task, run] = remains.exec(name) ?? []
            if (task === undefined || run === undefined) return []
            return [{ task: TaskId.make(Number(task)), run: RunNumber.make(Number(run)) }]
          })
        )
      )
  }
}
