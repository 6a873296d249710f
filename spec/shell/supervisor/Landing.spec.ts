/** Work that lands: a real supervisor, a real repository with its user's checkout, real agents. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { commit, flow, inGit, lands, merge, repositoryIn, told } from "./Landing.ts"
import { operate, scenario, stored, submit, supervise, task, until, untilStage, untilTrue } from "./World.ts"

it(
  "WRK-3 what an agent has committed lands as one commit on the branch, its user's clean checkout shows it, and nothing is left over",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        writeFileSync(join(repository, "notes"), "the user's own\n")
        const script = `echo two >>file; ${commit} "Say two"; echo three >>file; ${commit} "Say three"`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository), verify: ["grep -q three file"] })
        )
        const { stopAgents } = yield* supervise
        const { stage } = yield* untilStage(id("a"), "Done")
        const tip = yield* inGit(repository, "rev-parse", "main")
        expect(stage).toMatchObject({ landing: { _tag: "Merged", commit: tip }, verified: true })
        expect(yield* inGit(repository, "log", "--format=%an %P", "-1")).toBe(
          `Ann ${yield* inGit(repository, "rev-parse", "main~1")}`
        )
        expect(yield* inGit(repository, "log", "--format=%B", "-1")).toBe(
          `a\n\n- Say two\n- Say three\n\nDrover-Task: #${id("a")}`
        )
        expect(yield* inGit(repository, "rev-list", "--count", "main")).toBe("2")
        expect(readFileSync(join(repository, "file"), "utf8")).toBe("one\ntwo\nthree\n")
        expect(yield* inGit(repository, "status", "--porcelain")).toBe("?? notes")
        yield* untilTrue(() => readdirSync(folder.places.worktrees).every((name) => name.endsWith(".json")))
        expect(yield* inGit(repository, "for-each-ref", "refs/drover/land")).toBe("")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-5 of two tasks that change the same line the second is merged by an agent of its own role, and both have landed",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const meets = `echo 1 >${folder.path}/here.$DROVER_TASK; while [ $(ls ${folder.path}/here.* | wc -l) -lt 2 ]; do sleep 0.02; done`
        const resolves = `${merge} main; cat file | grep -v '[<=>]' >${folder.path}/both; cp ${folder.path}/both file; ${commit} Both`
        const script = (line: string) =>
          `if [ $DROVER_ROLE = merger ]; then ${told("conflict in file")} || exit 3; ${resolves}; exit; fi; echo ${line} >>file; ${meets}; ${commit} ${line}`
        const more = { flow, spec: lands(repository), verify: ["grep -q one file"] }
        const id = yield* submit(task("a", repository, script("a"), more), task("b", repository, script("b"), more))
        const { stopAgents } = yield* supervise
        for (const name of ["a", "b"]) yield* untilStage(id(name), "Done")
        const lines = (yield* inGit(repository, "show", "main:file")).split("\n")
        expect(lines.toSorted()).toEqual(["a", "b", "one"])
        expect(yield* inGit(repository, "rev-list", "--count", "main")).toBe("3")
        const store = yield* Store
        const roles = [...(yield* store.attempts(id("a"))), ...(yield* store.attempts(id("b")))].map(
          ({ attempt }) => attempt.role
        )
        expect(roles.toSorted()).toEqual(["coder", "coder", "merger"])
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-5 what passes alone and fails together does not land: its agent is told what the check said, and mends it",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const meets = `echo 1 >${folder.path}/here.$DROVER_TASK; while [ $(ls ${folder.path}/here.* | wc -l) -lt 2 ]; do sleep 0.02; done`
        const check = "test ! -e a || test ! -e b || test -e both || { echo they need a third; exit 7; }"
        const script = (name: string) =>
          `if ${told("they need a third")}; then ${merge} main; echo 1 >both; else echo 1 >${name}; ${meets}; fi; git add -A; ${commit} work`
        const more = { flow, spec: lands(repository), verify: [check] }
        const id = yield* submit(task("a", repository, script("a"), more), task("b", repository, script("b"), more))
        const { stopAgents } = yield* supervise
        for (const name of ["a", "b"]) {
          expect((yield* untilStage(id(name), "Done")).stage).toMatchObject({ verified: true })
        }
        expect(yield* inGit(repository, "ls-tree", "--name-only", "main")).toBe("a\nb\nboth\nfile\nother")
        const store = yield* Store
        const coded = [...(yield* store.attempts(id("a"))), ...(yield* store.attempts(id("b")))]
        expect(coded.map(({ attempt }) => attempt.role)).toEqual(["coder", "coder", "coder"])
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "EXE-15 a check that changes what is to land has passed something else: nothing lands of it, a person is told, and it lands once a check changes nothing",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const moves = `cd ${repository}; echo moved >>other; ${commit} moved`
        const once = `test -e ${folder.path}/once || { echo >${folder.path}/once; echo changed >>file; }`
        const check = `case $PWD in *.l*) ${once};; esac`
        const id = yield* submit(
          task("a", repository, `echo two >>file; ${commit} two; ${moves}`, {
            flow,
            spec: lands(repository, { maxRetries: 0 }),
            verify: [check, "grep -q two file"]
          })
        )
        const { stopAgents } = yield* supervise
        const { stage } = yield* untilStage(id("a"), "MergeFailure")
        expect(stage).toMatchObject({ kind: { _tag: "Other", detail: expect.stringContaining("a check has changed") } })
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("moved\nfirst")
        yield* operate(id("a"), { _tag: "Retry" })
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nmoved\nfirst")
        expect(yield* inGit(repository, "show", "main:file")).toBe("one\ntwo")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-2 while the branch is checked out with changes that are not committed nothing lands and nothing of it is touched, and a person is told",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        writeFileSync(join(repository, "other"), "the user is at it\n")
        const before = yield* inGit(repository, "rev-parse", "main")
        const id = yield* submit(
          task("a", repository, `echo two >>file; ${commit} two`, { flow, spec: lands(repository) })
        )
        const { stopAgents } = yield* supervise
        const store = yield* Store
        const isTold = Effect.map(store.attention, (items) =>
          items.find(({ key, text }) => key === `task:${id("a")}:landing` && text.includes("commit or stash"))
        )
        yield* Effect.repeat(Effect.zipLeft(isTold, Effect.sleep(20)), { until: (item) => item !== undefined })
        expect(yield* inGit(repository, "rev-parse", "main")).toBe(before)
        expect(yield* inGit(repository, "status", "--porcelain")).toBe("M other")
        expect((yield* stored(id("a"))).stage._tag).toBe("Merge")
        yield* inGit(repository, "commit", "-qam", "mine")
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nmine\nfirst")
        expect(yield* inGit(repository, "status", "--porcelain")).toBe("")
        expect((yield* store.attention).filter(({ key }) => key.endsWith(":landing"))).toEqual([])
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "EXE-8 what an agent leaves uncommitted it is asked to commit, and that uses no attempt; who commits nothing lands nothing",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const script = `if ${told("Only commit")}; then ${commit} two; else echo two >>file; fi`
        const own = { flow, spec: lands(repository, { maxRetries: 0 }) }
        const id = yield* submit(task("late", repository, script, own), task("idle", repository, "true", own))
        const { stopAgents } = yield* supervise
        yield* untilStage(id("late"), "Done")
        const store = yield* Store
        const modes = (yield* store.attempts(id("late"))).map(({ attempt }) => attempt.mode)
        expect(modes.filter((mode) => mode !== "VerifyOnly")).toEqual(["Cold", "CommitOnly"])
        expect((yield* untilStage(id("idle"), "Blocked")).stage).toMatchObject({ reason: { _tag: "NoCommits" } })
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-3 what an agent that only judges has changed does not land, and is kept",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const judges = `echo mine >>file; ${commit} mine; echo left >left; echo 'VERDICT: PASS'`
        const script = `if [ $DROVER_ROLE = qa ]; then ${judges}; else echo two >>file; ${commit} two; fi`
        const id = yield* submit(
          task("a", repository, script, { flow: { ...flow, qa: "agent" }, spec: lands(repository), verify: ["true"] })
        )
        const { stopAgents } = yield* supervise
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "show", "main:file")).toBe("one\ntwo")
        const refs = (yield* inGit(repository, "for-each-ref", "--format=%(refname)", "refs/drover/rescue")).split("\n")
        expect(refs).toHaveLength(1)
        expect(yield* inGit(repository, "show", `${refs[0]}:file`)).toBe("one\ntwo\nmine")
        expect(yield* inGit(repository, "show", `${refs[0]}:left`)).toBe("left")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-5 where the branch is gone, or nothing new is there to land, a person is told and nothing is tried again",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const own = { flow, spec: lands(repository) }
        const rename = `git -C ${repository} branch -m main trunk`
        const empties = `git -c user.name=u -c user.email=u@example.org commit -q --allow-empty -m nothing`
        const id = yield* submit(
          task("empty", repository, empties, own),
          task("gone", repository, `echo two >>file; ${commit} two; ${rename}`, { ...own, after: ["empty"] })
        )
        const { stopAgents } = yield* supervise
        const isStuck = (name: string) =>
          until(id(name), ({ execution, stage }) => stage._tag === "MergeFailure" && execution._tag === "Idle")
        expect((yield* isStuck("empty")).stage).toMatchObject({ kind: { _tag: "EmptyDiff" }, strikes: 1 })
        yield* operate(id("empty"), { _tag: "Landed", visit: null, at: Date.now(), commit: "by-hand" })
        expect((yield* isStuck("gone")).stage).toMatchObject({ kind: { _tag: "Other" }, strikes: 1 })
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-6 a conflict that nobody resolves is tried three times, and is for a person then",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const moves = `(cd ${repository}; echo theirs >>file; git -c user.name=u -c user.email=u@example.org commit -qam theirs)`
        const script = `[ $DROVER_ROLE = merger ] || { echo ours >>file; ${commit} ours; ${moves}; }`
        const id = yield* submit(task("a", repository, script, { flow, spec: lands(repository), verify: ["true"] }))
        const { stopAgents } = yield* supervise
        const { stage } = yield* untilStage(id("a"), "MergeFailureFinal")
        expect(stage).toMatchObject({ kind: { _tag: "Conflict", files: ["file"] }, strikes: 3 })
        const store = yield* Store
        const roles = (yield* store.attempts(id("a"))).flatMap(({ attempt: { mode, role } }) =>
          mode === "VerifyOnly" ? [] : [role]
        )
        expect(roles).toEqual(["coder", "merger", "merger"])
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("theirs\nfirst")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-5 a setup that fails on what would land is for the agent that merges, whose work is set up and verified again",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const moves = `(cd ${repository}; touch needs; git add needs; git -c user.name=u -c user.email=u@example.org commit -qm needs)`
        const setup = ["test ! -e needs || test -e fulfilled || { echo nothing fulfils it; exit 5; }"]
        const merges = `${told("nothing fulfils it")} && ${told("build failed with status 5")} && ${merge} main && touch fulfilled && git add -A && ${commit} merged`
        const script = `if [ $DROVER_ROLE = merger ]; then ${merges}; else echo two >>file; ${commit} two; ${moves}; fi`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository, { setup }), verify: ["true"] })
        )
        const { stopAgents } = yield* supervise
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "ls-tree", "--name-only", "main")).toBe("file\nfulfilled\nneeds\nother")
        yield* stopAgents
      })
    ),
  300_000
)
