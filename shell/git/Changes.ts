/**
 * What has become different in a directory, as git tells it, for somebody who is to judge it: every file that is tracked,
 * or neither tracked nor ignored, committed since or not. Looking changes nothing.
 */
import * as Effect from "effect/Effect"
import { startOf } from "../../core/agent/Excerpt.ts"
import type { Changes } from "../../core/verify/JudgePrompt.ts"
import * as Git from "./Git.ts"
import { limitMs, locate, refused, whileStaged, TreeUnreadable } from "./Trees.ts"

/** From where it counts: where the history parted from that commit, or the last commit before that moment. */
export type Since =
  | { readonly _tag: "Commit"; readonly commit: string }
  /** Epoch milliseconds. */
  | { readonly _tag: "Time"; readonly at: number }

/** Characters that are shown where nothing is said; git is read far enough to know whether there are more. */
const usualLength = 48 * 1024

/** A list of files first, of a hundred at most, so that a beginning that is cut still says what there is. */
const form = ["--no-color", "--no-ext-diff", "--no-textconv", "--relative", "--stat=120,100,100", "--patch"]

/** In the folder `cwd`, with the git in `path`; `shownLength`: characters that are shown at most. */
export const look = Effect.fnUntraced(
  function* (path: string, cwd: string, since: Since, shownLength = usualLength) {
    const place = yield* locate(path, cwd)
    if (place === null) return { _tag: "Untold" } satisfies Changes
    const ask = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
      Effect.mapError(
        Git.run(args, cwd, path, env, { keptBytes: 4 * shownLength }),
        (cause) => new TreeUnreadable({ operation: `git ${args[0]}`, path: cwd, cause })
      )
    const base = Effect.gen(function* () {
      const head = yield* ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
      // Whole seconds are all that a commit knows: one of the same second counts as made since.
      const found =
        head.status !== 0
          ? null
          : since._tag === "Commit"
            ? yield* ask(["merge-base", "HEAD", since.commit])
            : yield* ask(["rev-list", "-1", `--min-age=${Math.floor(since.at / 1000) - 1}`, "HEAD"])
      if (found !== null && found.status !== 0) return yield* refused(cwd, "find where it began", found)
      const commit = found?.stdout.trim() ?? ""
      return commit === "" ? (yield* ask(["hash-object", "-t", "tree", "/dev/null"])).stdout.trim() : commit
    })
    const from = yield* base
    const diff = yield* whileStaged(path, place, {}, (env) => ask(["diff", "--cached", ...form, from, "--", "."], env))
    if (diff.status !== 0) return yield* refused(cwd, "compare the files", diff)
    const text = diff.stdout.trimEnd()
    if (text === "") return { _tag: "Unchanged" } satisfies Changes
    return { _tag: "Changed", text: startOf(text, shownLength), isCut: text.length > shownLength } satisfies Changes
  },
  (work, _path, cwd) =>
    Effect.timeoutFail(work, {
      duration: limitMs,
      onTimeout: () => new TreeUnreadable({ operation: "compare", path: cwd, cause: `not done after ${limitMs} ms` })
    })
)
