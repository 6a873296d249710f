/** What agents do in worktrees: they commit all, a part or nothing, merge the branch they land on, or leave a mess. */
import type { Dice } from "../../../core/tick/simulation/Dice.ts"
import { hashOf } from "./History.ts"
import { type Checkout, mainBranch, type Repository } from "./Repository.ts"

export type Role = "coder" | "merger" | "qa"

interface Place {
  readonly repository: Repository
  readonly checkout: Checkout
}

const edit = ({ checkout, repository }: Place, dice: Dice): void => repository.edit(checkout, dice.below(1e6))

/** `isResolved`: what is in conflict becomes something new; else it is as it was, and the merge is not committed. */
const merge = ({ checkout, repository }: Place, dice: Dice, isResolved: boolean): void => {
  const base = repository.branches.get(mainBranch)
  const head = repository.headOf(checkout)
  if (base === undefined || repository.history.isIn(base, head)) return
  if (repository.isDirty(checkout)) repository.commit(checkout)
  const { conflicts, tree } = repository.history.merge(repository.headOf(checkout), base)
  checkout.files = new Map(tree)
  for (const path of conflicts) checkout.files.set(path, `${tree.get(path)}+${dice.below(1e6)}`)
  if (conflicts.length === 0 || isResolved) repository.commit(checkout, base)
}

/** Some of the work, early on. */
export const begin = (place: Place, dice: Dice): void => {
  if (!dice.chance(0.4)) return
  edit(place, dice)
  if (dice.chance(0.5)) place.repository.commit(place.checkout)
}

/** As an agent ends that does what it is asked. */
const endWell = (place: Place, role: Role, dice: Dice): void => {
  if (role === "qa") return
  merge(place, dice, true)
  if (role === "coder") edit(place, dice)
  if (place.repository.isDirty(place.checkout)) place.repository.commit(place.checkout)
}

const coderEnds = (place: Place, dice: Dice): void => {
  const { checkout, repository } = place
  if (dice.chance(0.3)) merge(place, dice, dice.chance(0.8))
  switch (dice.below(12)) {
    case 0:
      return edit(place, dice)
    case 1:
      edit(place, dice)
      repository.commit(checkout)
      return edit(place, dice)
    case 2:
      // It leaves the branch that it was given.
      checkout.at = { commit: repository.headOf(checkout) }
      break
    case 3:
      // What was not committed before is, and nothing is new.
      if (repository.isDirty(checkout)) repository.commit(checkout)
      return
    case 4:
      if (hashOf(checkout.files) !== hashOf(checkout.index)) return repository.commit(checkout)
      return
    default:
      if (dice.chance(0.4)) edit(place, dice)
  }
  edit(place, dice)
  repository.commit(checkout)
}

/** As an agent ends; `isGood`: as good as agents can be. */
export const end = (place: Place, role: Role, dice: Dice, isGood: boolean): void => {
  if (isGood) return endWell(place, role, dice)
  if (role === "coder") return coderEnds(place, dice)
  if (role === "merger") return dice.chance(0.85) ? merge(place, dice, dice.chance(0.8)) : undefined
  // It is to judge, and change nothing.
  if (dice.chance(0.1)) edit(place, dice)
  if (dice.chance(0.05)) place.repository.commit(place.checkout)
}
