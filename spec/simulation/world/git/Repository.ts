/** A repository in the simulation, with its branches, its refs and what is checked out of it: the user's and drover's. */
import type { Target } from "../../../../core/task/Spec.ts"
import type { Look } from "../../../../shell/git/Trees.ts"
import { hashOf, History, type Tree } from "./History.ts"

export const mainBranch = "main"

/** So few that tasks and the user meet in them now and then. */
const paths: ReadonlyArray<string> = Array.from({ length: 10 }, (_, index) => `file${index + 1}`)

export interface Checkout {
  readonly top: string
  /** The branch, or the commit where none is checked out. */
  at: { readonly branch: string } | { readonly commit: string }
  /** What it was last brought to, and what is there: they differ in what is not committed. */
  index: Map<string, string>
  files: Map<string, string>
}

export class Repository {
  /** Of the user's checkout. */
  readonly top: string
  readonly history: History
  readonly branches = new Map<string, string>()
  /** Those of drover. */
  readonly refs = new Map<string, string>()
  readonly checkouts = new Map<string, Checkout>()
  /** The user's. */
  readonly users: Checkout
  /** The user is in the middle of a merge. */
  isMidMerge = false
  #edits = 0

  constructor(top: string, name: string) {
    this.top = top
    this.history = new History(name)
    this.branches.set(mainBranch, this.history.add([], new Map(paths.map((path) => [path, "0"]))))
    this.users = this.check(top, { branch: mainBranch })
  }

  /** As `Target` names it: the folder that its worktrees share. */
  get common(): string {
    return `${this.top}/.git`
  }

  check(top: string, at: Checkout["at"]): Checkout {
    const tree = this.history.treeOf("branch" in at ? this.tip(at.branch) : at.commit)
    const checkout = { top, at, index: new Map(tree), files: new Map(tree) }
    this.checkouts.set(top, checkout)
    return checkout
  }

  tip(branch: string): string {
    const tip = this.branches.get(branch)
    if (tip === undefined) throw new Error(`there is no branch ${branch}`)
    return tip
  }

  headOf({ at }: Checkout): string {
    return "branch" in at ? this.tip(at.branch) : at.commit
  }

  isDirty(checkout: Checkout): boolean {
    const head = hashOf(this.history.treeOf(this.headOf(checkout)))
    return head !== hashOf(checkout.index) || head !== hashOf(checkout.files)
  }

  /** Something is written that was never there before; which path, the number says. */
  edit({ files }: Checkout, number: number): void {
    files.set(paths[number % paths.length] ?? "", String(++this.#edits))
  }

  /** All that is there, on top of what is checked out and of what was merged. */
  commit(checkout: Checkout, ...merged: ReadonlyArray<string>): void {
    const id = this.history.add([this.headOf(checkout), ...merged], checkout.files)
    checkout.index = new Map(checkout.files)
    if ("branch" in checkout.at) this.branches.set(checkout.at.branch, id)
    else checkout.at = { commit: id }
  }

  /** Makes a checkout show that commit, on its branch, whatever was there. */
  reset(checkout: Checkout, commit: string): void {
    if ("branch" in checkout.at) this.branches.set(checkout.at.branch, commit)
    else checkout.at = { commit }
    const tree = this.history.treeOf(commit)
    checkout.index = new Map(tree)
    checkout.files = new Map(tree)
  }

  /** Whether a ref or a branch holds that commit. */
  isHeld(commit: string): boolean {
    return [...this.refs.values(), ...this.branches.values()].some((tip) => this.history.isIn(commit, tip))
  }

  /** Why the branch must not be moved; `to`: where its checkout must be able to follow. */
  hindrance(branch: string, to: string | null): string | null {
    const { users } = this
    if (!("branch" in users.at) || users.at.branch !== branch) return null
    if (this.isMidMerge) return `${users.top} is in the middle of a merge`
    if (this.isDirty(users)) return `${users.top} has changes that are not committed`
    return to !== null && this.inTheWay(this.tip(branch), to).length > 0 ? `${users.top} can not follow` : null
  }

  /** Paths of the user's checkout that can not be brought from one commit to the other. */
  inTheWay(from: string, to: string): ReadonlyArray<string> {
    const { files, index } = this.users
    return this.changes(from, to).flatMap(([path, content, before]) => {
      if (index.get(path) === content) return []
      return index.get(path) === before && files.get(path) === before ? [] : [path]
    })
  }

  /** Each path that differs, with what it holds and what it held. */
  changes(from: string, to: string): ReadonlyArray<readonly [path: string, content: string, before: string]> {
    const [before, after]: readonly [Tree, Tree] = [this.history.treeOf(from), this.history.treeOf(to)]
    return [...after].flatMap(([path, content]) => {
      const was = before.get(path) ?? ""
      return was === content ? [] : [[path, content, was] as const]
    })
  }

  look(checkout: Checkout, target: Target | undefined): Look {
    const head = this.headOf(checkout)
    const branch = "branch" in checkout.at ? checkout.at.branch : head
    const base = target === undefined ? null : (this.branches.get(target.branch) ?? null)
    return {
      tree: hashOf(checkout.files),
      head,
      headTree: hashOf(this.history.treeOf(head)),
      isDirty: this.isDirty(checkout),
      work: { branch, commitsAhead: this.history.ahead(head, base) }
    }
  }
}
