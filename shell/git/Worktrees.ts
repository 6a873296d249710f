/**
 * Worktrees of a user's repository, one for each task that is worked on apart: made once, on a branch of its own, and
 * taken away when every byte of it is kept. The checkout that the user works in is read, and never touched.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as GitWorktrees from "./GitWorktrees.ts"
import * as MemoryWorktrees from "./MemoryWorktrees.ts"
import type { Service } from "./WorktreeService.ts"

export class Worktrees extends Context.Tag("drover/Worktrees")<Worktrees, Service>() {}

/** With the git that is in PATH, in that folder. */
export const layer = (folder: string): Layer.Layer<Worktrees> => Layer.effect(Worktrees, GitWorktrees.make(folder))

/** Without git: folders that are said to be there. */
export const layerMemory: Layer.Layer<Worktrees> = Layer.sync(Worktrees, MemoryWorktrees.make)
