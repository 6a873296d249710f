/** What is done to a worktree, by git and to its files; a failure says at which of them. `at`: the top of the worktree. */
import * as Effect from "effect/Effect"
import * as Git from "./Git.ts"
import { WorktreeFailed } from "./WorktreeService.ts"

/** `path`: where git is looked for. */
export const make = (path: string) => {
  /** To its end: what is broken off would go on beside whatever comes next. */
  const attempting = <A>(operation: string, at: string, work: () => Promise<A>): Effect.Effect<A, WorktreeFailed> =>
    Effect.uninterruptible(
      Effect.tryPromise({ try: work, catch: (cause) => new WorktreeFailed({ operation, path: at, cause }) })
    )

  const run = (at: string, cwd: string, args: ReadonlyArray<string>, stdin = "") =>
    Effect.mapError(
      Git.run(args, cwd, path, {}, { isLasting: true, stdin }),
      (cause) => new WorktreeFailed({ operation: `git ${args[0]}`, path: at, cause })
    )

  const must = (at: string, cwd: string, args: ReadonlyArray<string>, stdin = "") =>
    Effect.filterOrFail(
      run(at, cwd, args, stdin),
      ({ status }) => status === 0,
      ({ stderr, status }) =>
        new WorktreeFailed({ operation: `git ${args[0]}`, path: at, cause: stderr.trim() || `status ${status}` })
    )

  return { attempting, run, must } as const
}
