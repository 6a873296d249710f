/**
 * Landing the work of a task on a branch of the user's repository: as one commit, made and checked in a worktree of its
 * own, and only where nothing of the user's is in the way.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as GitLandings from "./GitLandings.ts"
import * as MemoryLandings from "./MemoryLandings.ts"
import type { Service } from "./LandingService.ts"
import type { Worktrees } from "./Worktrees.ts"

export class Landings extends Context.Tag("drover/Landings")<Landings, Service>() {}

/** With the git that is in PATH, in that folder of worktrees. */
export const layer = (folder: string): Layer.Layer<Landings, never, Worktrees> =>
  Layer.effect(Landings, GitLandings.make(folder))

/** Without git: branches that are said to be there. */
export const layerMemory: Layer.Layer<Landings> = Layer.sync(Landings, MemoryLandings.make)
