/** What the specs of landing share: a repository with its user's checkout, and tasks whose work lands on its branch. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Flow } from "../../../core/task/Flow.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { git } from "../git/Repository.ts"
import type { Folder } from "./World.ts"

/** A repository with one commit: two files of one line, and what else is said. */
export const repositoryIn = (folder: Folder, more: Readonly<Record<string, string>> = {}): Effect.Effect<string> =>
  Effect.promise(async () => {
    const repository = folder.directory("repository")
    await git(repository, ["init", "-q", "-b", "main"])
    for (const [name, content] of Object.entries({ file: "one\n", other: "one\n", ...more }))
      writeFileSync(join(repository, name), content)
    await git(repository, ["add", "-A"])
    await git(repository, ["commit", "-qm", "first"])
    return repository
  })

export const inGit = (repository: string, ...args: ReadonlyArray<string>) => Effect.promise(() => git(repository, args))

export const flow: Partial<Flow> = { merge: "squash" }
export const lands = (repository: string, more: Partial<Spec> = {}): Partial<Spec> => ({
  isolate: "worktree",
  maxRetries: 1,
  target: { repository: join(repository, ".git"), branch: "main", prefix: "" },
  ...more
})

/** A prompt that an agent is given has these words. */
export const told = (words: string): string => `grep -qF '${words}' $DROVER_PROMPT_FILE`

export const commit = "git -c user.name=Ann -c user.email=ann@example.org commit -qam"

/** With an identity: whoever merges needs one, even where a conflict is all that comes of it. */
export const merge = "git -c user.name=Ann -c user.email=ann@example.org merge -q"
