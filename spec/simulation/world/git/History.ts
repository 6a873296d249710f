/** The commits of a repository in the simulation: each a whole tree, so that content can be compared and merged by path. */

/** What each path holds. */
export type Tree = ReadonlyMap<string, string>

interface Commit {
  readonly parents: ReadonlyArray<string>
  readonly tree: Tree
  /** It and all that it comes from. */
  readonly past: ReadonlySet<string>
}

const isSame = (one: Tree, other: Tree): boolean => hashOf(one) === hashOf(other)

/** The address of a content. */
export const hashOf = (tree: Tree): string =>
  [...tree]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => `${path}=${content}`)
    .join(";")

export class History {
  readonly #name: string
  /** In the order in which they were made: nothing comes before what it comes from. */
  readonly #commits = new Map<string, Commit>()

  constructor(name: string) {
    this.#name = name
  }

  add(parents: ReadonlyArray<string>, tree: Tree): string {
    const id = `${this.#name}${this.#commits.size + 1}`
    const past = new Set([id, ...parents.flatMap((parent) => [...this.#of(parent).past])])
    this.#commits.set(id, { parents, tree: new Map(tree), past })
    return id
  }

  treeOf(commit: string): Tree {
    return this.#of(commit).tree
  }

  isIn(commit: string, tip: string): boolean {
    return this.#of(tip).past.has(commit)
  }

  /** How many commits `tip` has that `base` has not. */
  ahead(tip: string, base: string | null): number {
    const known = base === null ? new Set<string>() : this.#of(base).past
    return [...this.#of(tip).past].filter((commit) => !known.has(commit)).length
  }

  /** What both come to; a path that both have changed, and not to the same, is in conflict, and as `ours` has it. */
  merge(ours: string, theirs: string): { readonly tree: Tree; readonly conflicts: ReadonlyArray<string> } {
    const [mine, other] = [this.#of(ours), this.#of(theirs)]
    const common = [...this.#commits.keys()].findLast((commit) => mine.past.has(commit) && other.past.has(commit))
    const from = common === undefined ? new Map<string, string>() : this.treeOf(common)
    const tree = new Map(mine.tree)
    const conflicts: Array<string> = []
    for (const [path, content] of other.tree) {
      if (content === from.get(path) || content === mine.tree.get(path)) continue
      if (mine.tree.get(path) === from.get(path)) tree.set(path, content)
      else conflicts.push(path)
    }
    return { tree, conflicts }
  }

  /** One commit of what `work` comes to on `base`; null where that is nothing new. */
  squash(base: string, work: string): { readonly commit: string | null; readonly conflicts: ReadonlyArray<string> } {
    const { conflicts, tree } = this.merge(base, work)
    if (conflicts.length > 0 || isSame(tree, this.treeOf(base))) return { commit: null, conflicts }
    return { commit: this.add([base], tree), conflicts }
  }

  #of(id: string): Commit {
    const commit = this.#commits.get(id)
    if (commit === undefined) throw new Error(`there is no commit ${id}`)
    return commit
  }
}
