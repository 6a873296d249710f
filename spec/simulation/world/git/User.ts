/** The user of a repository, who works in a checkout of the branch that tasks land on, and knows nothing of drover. */
import type { Dice } from "../../../core/tick/simulation/Dice.ts"
import { mainBranch, type Repository } from "./Repository.ts"

/** Where the branch is when it was renamed. */
const elsewhere = "trunk"

const deeds = [
  ["commits", 45],
  ["begins a change", 18],
  ["puts the change away", 22],
  ["begins a merge", 4],
  ["ends the merge", 5],
  ["renames the branch", 1],
  ["names it back", 5]
] as const

const rename = ({ branches, users }: Repository, from: string, to: string): void => {
  const tip = branches.get(from)
  if (tip === undefined || branches.has(to)) return
  branches.delete(from)
  branches.set(to, tip)
  users.at = { branch: to }
}

const putAway = (repository: Repository): void => {
  repository.isMidMerge = false
  repository.reset(repository.users, repository.headOf(repository.users))
}

/** Answers what was done. */
export const act = (repository: Repository, dice: Dice): string => {
  const { users } = repository
  const what = dice.weighted(deeds, "commits")
  switch (what) {
    case "commits":
      // What shows an older state after a landing would take that back: the user looks first.
      if (repository.isDirty(users) && dice.chance(0.5)) putAway(repository)
      repository.edit(users, dice.below(1e6))
      commit(repository)
      break
    case "begins a change":
      repository.edit(users, dice.below(1e6))
      break
    case "puts the change away":
      putAway(repository)
      break
    case "begins a merge":
      repository.isMidMerge = true
      break
    case "ends the merge":
      repository.isMidMerge = false
      break
    case "renames the branch":
      rename(repository, mainBranch, elsewhere)
      break
    case "names it back":
      rename(repository, elsewhere, mainBranch)
      break
  }
  return what
}

/** What the user has changed, on what the branch has now. */
const commit = (repository: Repository): void => {
  const { history, users } = repository
  const files = new Map(history.treeOf(repository.headOf(users)))
  for (const [path, content] of users.files) if (users.index.get(path) !== content) files.set(path, content)
  users.files = files
  repository.commit(users)
}

/** Nothing of the user's is in the way any more. */
export const tidy = (repository: Repository, dice: Dice): void => {
  putAway(repository)
  if (dice.chance(0.7)) rename(repository, elsewhere, mainBranch)
}
