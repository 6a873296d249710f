/** The repositories of the simulated world, and what drover has made of them: all of it outlives every supervisor. */
import type { IFs } from "memfs"
import type { Target } from "../../../../core/task/Spec.ts"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import type { Run } from "../../../../shell/git/LandingService.ts"
import type { Look } from "../../../../shell/git/Trees.ts"
import type { Dice } from "../../../core/tick/simulation/Dice.ts"
import type { Loop, Process } from "../../kernel/Loop.ts"
import { type Checkout, Repository } from "./Repository.ts"

/** As the files beside the worktrees tell it. */
export interface Made {
  readonly task: TaskId
  readonly number: number
  readonly repository: Repository
  readonly top: string
  readonly branch: string
  readonly base: string
  readonly isMade: boolean
  readonly isSetUp: boolean
  readonly kept: { readonly ref: string | null; readonly isLanded: boolean } | null
  readonly isGone: boolean
}

/** Whoever judges what is done to the repositories. */
export interface Watcher {
  /** It was told how the branch and its checkouts are; `to`: whether they can follow there. */
  readonly looked: (by: Process, target: Target, to: string | null, isFree: boolean) => void
  readonly armed: (by: Process, run: Run, candidate: string) => void
  readonly moved: (run: Run, from: string, to: string) => void
  /** A worktree of a task is about to go. */
  readonly removing: (made: Made) => void
  /** What a QA agent has left is taken back, to that commit. */
  readonly restored: (task: TaskId, head: string) => void
}

export const tops: ReadonlyArray<string> = ["/repos/r", "/repos/s"]

export class Repositories {
  readonly all: ReadonlyArray<Repository> = tops.map((top) => new Repository(top, top.slice(-1)))
  readonly made = new Map<string, Made>()
  readonly watcher: Watcher
  readonly #folder: string
  readonly #disk: IFs
  /** Git fails now and then: before it has done anything, or after. */
  #trouble: Dice | null = null

  constructor(folder: string, disk: IFs, watcher: Watcher) {
    this.#folder = folder
    this.#disk = disk
    this.watcher = watcher
    for (const top of tops) disk.mkdirSync(top, { recursive: true })
  }

  of({ repository }: Target): Repository {
    const found = this.all.find(({ common }) => common === repository)
    if (found === undefined) throw new Error(`there is no repository ${repository}`)
    return found
  }

  topOf(name: string): string {
    return `${this.#folder}/${name}`
  }

  /** The checkout at that path, with its repository. */
  at(top: string): { readonly repository: Repository; readonly checkout: Checkout } | null {
    for (const repository of this.all) {
      const checkout = repository.checkouts.get(top)
      if (checkout !== undefined) return { repository, checkout }
    }
    return null
  }

  look(cwd: string, target: Target | undefined): Look | null {
    const found = this.at(cwd)
    return found === null ? null : found.repository.look(found.checkout, target)
  }

  check(repository: Repository, top: string, at: Checkout["at"]): void {
    repository.check(top, at)
    this.#disk.mkdirSync(top, { recursive: true })
  }

  uncheck(repository: Repository, top: string): void {
    repository.checkouts.delete(top)
    this.#disk.rmSync(top, { recursive: true, force: true })
  }

  /** Git fails for so long. */
  fail(loop: Loop, forMs: number, dice: Dice): void {
    this.#trouble = dice
    loop.after(null, forMs, () => (this.#trouble = null))
  }

  end(): void {
    this.#trouble = null
  }

  /** Does something with git, as a step of the process that asks. */
  ask<A>(loop: Loop, what: string, work: () => A): Promise<A> {
    return loop.request({ kind: "git", what }, () => {
      if (this.#trouble?.chance(0.25) === true) throw new Error("fatal: unable to create 'index.lock': File exists")
      const answer = work()
      if (this.#trouble?.chance(0.15) === true) throw new Error("git was killed before it could say what it had done")
      return answer
    })
  }
}
