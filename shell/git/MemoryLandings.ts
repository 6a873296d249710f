/** The service of landings where there is no git: branches are lists of commits, and every merge is clean. */
import * as Effect from "effect/Effect"
import { unaddressedTree } from "../../core/execution/Execution.ts"
import type { Target } from "../../core/task/Spec.ts"
import type { Left } from "./LandingNames.ts"
import type { Run, Service } from "./LandingService.ts"

const firstCommit = "first"

/** A repository with no commit but the first on any of its branches. */
export const make = (): Service => {
  /** The newest last. */
  const branches = new Map<string, ReadonlyArray<string>>()
  const armed = new Map<string, Left & { readonly candidate: string }>()
  const commitsOf = ({ branch, repository }: Target) => branches.get(`${repository} ${branch}`) ?? [firstCommit]
  const tipOf = (target: Target): string => commitsOf(target).at(-1) ?? firstCommit
  const refOf = ({ run, task }: Run): string => `${task.id}.${run}`
  return {
    base: (target) => Effect.sync(() => ({ commit: tipOf(target), held: null })),
    squash: ({ run, task }, base, { directory }) =>
      Effect.succeed({
        _tag: "Ready",
        candidate: {
          commit: `${base}+${task.id}.${run}`,
          top: directory,
          directory,
          unchanged: task.facts.passed?.tree ?? unaddressedTree
        }
      }),
    arm: (run, candidate) =>
      Effect.sync(() => void armed.set(refOf(run), { task: run.task.id, run: run.run, candidate })),
    move: (run, from, to) =>
      Effect.sync(() => {
        const { branch, repository } = run.target
        if (armed.get(refOf(run))?.candidate !== to || tipOf(run.target) !== from) return false
        branches.set(`${repository} ${branch}`, [...commitsOf(run.target), to])
        return true
      }),
    disarm: (run) => Effect.sync(() => void armed.delete(refOf(run))),
    has: (target, commit) => Effect.sync(() => commitsOf(target).includes(commit)),
    follow: () => Effect.void,
    clear: () => Effect.void,
    left: () => Effect.sync(() => [...armed.values()].map(({ run, task }) => ({ run, task })))
  }
}
