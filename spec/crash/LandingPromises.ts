/**
 * What must hold of the tasks that land, when the story is over. Which of a pair was the first nobody can say: that one of
 * them was, is certain.
 */
import { join } from "node:path"
import { groupBy } from "effect/Array"
import { expect, it } from "vitest"
import type { FoundTask } from "./Found.ts"
import type { Line } from "./Journal.ts"
import * as Landed from "./Landed.ts"
import { notes } from "./Lands.ts"
import type { Planned } from "./Plan.ts"

export interface Seen {
  readonly root: string
  readonly lines: ReadonlyArray<Line>
  readonly pairs: ReadonlyArray<readonly [Planned, FoundTask]>
}

interface Repository {
  readonly landed: Landed.Landed
  readonly pairs: Seen["pairs"]
}

const repositories = ({ pairs, root }: Seen): ReadonlyArray<Repository> =>
  Object.entries(groupBy(pairs, ([{ repository }]) => repository ?? ""))
    .filter(([name]) => name !== "")
    .map(([name, own]) => ({ landed: Landed.look(join(root, "work", name)), pairs: own }))

/** Those that are to land. */
const landing = ({ pairs }: Repository): Seen["pairs"] => pairs.filter(([{ expected }]) => expected.end === "Done")

/** Commits of the branch that no task is recorded to have landed with. */
const foreign = ({ landed: { commits }, pairs }: Repository): ReadonlyArray<string> => {
  const known = new Set(pairs.map(([, found]) => Landed.commitOf(found)))
  return commits.filter(({ hash }) => !known.has(hash)).map(({ hash }) => hash)
}

const leftOf = ({ landed: { arms, worktrees }, pairs }: Repository): ReadonlyArray<string> => {
  const staying = new Set(
    pairs.filter(([{ expected }]) => expected.end !== "Done").map(([, { task }]) => String(task.id))
  )
  return [...arms, ...worktrees.filter((name) => !staying.has(name.split(".")[0] ?? "") || /\.l\d+$/.test(name))]
}

/** For `npm run torture`, which prints it. */
export const counts = (seen: Seen): Readonly<Record<string, number>> => {
  const all = repositories(seen)
  const own = all.flatMap(landing)
  const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, one) => total + one, 0)
  const perTask = all.flatMap(({ landed: { commits } }) =>
    Object.values(groupBy(commits, ({ task }) => task)).map(({ length }) => length)
  )
  return {
    "tasks that landed": own.filter(([, found]) => Landed.commitOf(found) !== null).length,
    "landings broken off and done again": sum(seen.pairs.map(([, found]) => Landed.again(found))),
    "landings that failed by their plan": sum(seen.pairs.map(([, found]) => Landed.strikes(found).length)),
    "most commits of one task on its branch": Math.max(0, ...perTask),
    "branches moved by a superseded supervisor": sum(all.map((one) => foreign(one).length)),
    "refs and worktrees of landings left": sum(all.map((one) => leftOf(one).length)) + folders(seen).length,
    "checkouts that do not show what landed": all.filter(({ landed }) => landed.status !== `?? ${notes.file}`).length,
    "commits of agents lost": sum(all.map((one) => unreachable(seen, one).length))
  }
}

const folders = ({ root }: Seen): ReadonlyArray<string> => Landed.foldersLeft(join(root, "home"))

/** Commits that an agent made and no ref leads to. */
const unreachable = ({ lines }: Seen, { landed: { reachable }, pairs }: Repository): ReadonlyArray<string> => {
  const names = new Set(pairs.map(([{ name }]) => name))
  return lines
    .filter(({ task, word }) => word === "commit" && names.has(task))
    .flatMap(({ rest: [hash = ""] }) => (reachable.has(hash) ? [] : [hash]))
}

export const promises = (seen: () => Seen): void => {
  it("WRK-4 each task that is done has one commit on its branch, the one that is recorded, however often its landing was broken off", () => {
    for (const one of repositories(seen())) {
      const recorded = landing(one).map(([, found]) => [`#${found.task.id}`, Landed.commitOf(found)] as const)
      const there = one.landed.commits.map(({ hash, task }) => [task, hash] as const)
      expect(new Map(there)).toEqual(new Map(recorded))
      expect(there).toHaveLength(recorded.length)
    }
  })

  it("WRK-7 no branch was moved by a supervisor that had been superseded: all that is on it is recorded", () => {
    expect(repositories(seen()).flatMap(foreign)).toEqual([])
  })

  it("WRK-3 a branch on which work lands is a line of landings, and has what each of them was to bring", () => {
    for (const one of repositories(seen())) {
      const { files, merges } = one.landed
      expect(merges).toEqual([])
      for (const [{ name }] of landing(one)) expect([name, files.get(name)]).toEqual([name, name])
      const named = (word: string): ReadonlyArray<string> =>
        landing(one).flatMap(([{ name, plan }]) => (plan.agent[0]?.startsWith(word) === true ? [name] : []))
      expect(files.get("line")?.split("\n").toSorted()).toEqual([...named("line@"), "one"].toSorted())
      expect([...files.keys()].filter((file) => file.startsWith("third.")).toSorted()).toEqual(
        named("third@")
          .map((name) => `third.${name}`)
          .toSorted()
      )
      expect(files.has("both")).toBe(true)
    }
  })

  it("WRK-5 of two that change one line and of two that only pass alone the second fails once and is mended by its role; no kill counts as a failure", () => {
    for (const { pairs } of repositories(seen())) {
      const kinds = { merger: "Conflict", coder: "GatesFailed" } as const
      const keyOf = ({ name, pair }: Planned): string => (pair === null ? name : [name, pair.with].toSorted().join())
      for (const both of Object.values(groupBy(pairs, ([task]) => keyOf(task)))) {
        const told = both.map(([{ name, pair }, found]) => ({
          name,
          strikes: Landed.strikes(found),
          mended: found.attempts
            .filter(({ outcome }) => outcome === "Clean")
            .slice(1)
            .map(({ attempt }) => attempt.role),
          pair
        }))
        const mender = both[0]?.[0].pair?.mender
        expect(told.flatMap(({ strikes }) => strikes)).toEqual(mender === undefined ? [] : [kinds[mender]])
        if (mender === undefined) continue
        expect(told.map(({ mended, strikes }) => [mended.at(-1), strikes.length]).toSorted()).toEqual(
          [
            [undefined, 0],
            [mender, 1]
          ].toSorted()
        )
      }
    }
  })

  it("EXE-8 work that is left uncommitted is asked for once, in an attempt of its own that no kill makes another", () => {
    for (const { pairs } of repositories(seen())) {
      const modes = (word: string) =>
        pairs
          .filter(([{ plan }]) => plan.agent[0] === word)
          .map(([, { attempts }]) =>
            attempts.filter(({ outcome }) => outcome === "Clean").map(({ attempt }) => attempt.mode)
          )
      expect(modes("leave")).toEqual([["Cold", "CommitOnly"]])
      expect(modes("idle")).toEqual([["Cold"]])
    }
  })

  it("WRK-4 nothing of a landing is left: no ref that arms it, no worktree, no folder", () => {
    expect(repositories(seen()).flatMap(leftOf)).toEqual([])
    expect(folders(seen())).toEqual([])
  })

  it("WRK-2 the user's checkout shows what has landed, and what git knows nothing of in it is as it was", () => {
    for (const { landed } of repositories(seen())) {
      expect([landed.status, landed.notes]).toEqual([`?? ${notes.file}`, notes.text])
    }
  })

  it("WRK-1 every commit of an agent can be reached from a ref, and git finds nothing damaged", () => {
    for (const one of repositories(seen())) {
      expect(unreachable(seen(), one)).toEqual([])
      expect(one.landed.damage).toBe("")
    }
  })
}
