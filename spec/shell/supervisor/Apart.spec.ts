/** Tasks that are worked on apart: a real supervisor, a real repository, real agents. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { expect, it } from "vitest"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { Processes } from "../../../shell/process/Processes.ts"
import { isAlive } from "../../../shell/process/ProcessTable.ts"
import { exitFile } from "../../../shell/process/Wrapper.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import * as GitWorktrees from "../../../shell/git/GitWorktrees.ts"
import { Store } from "../../../shell/store/Store.ts"
import { inGit, repositoryIn } from "./Landing.ts"
import {
  type Folder,
  operate,
  scenario,
  stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

const ignoring = { ".gitignore": "made\n" }
const apart = (more: Partial<Spec> = {}): Partial<Spec> => ({ isolate: "worktree", maxRetries: 0, ...more })
const worktreesIn = ({ places }: Folder): ReadonlyArray<string> =>
  existsSync(places.worktrees) ? readdirSync(places.worktrees).filter((name) => /^\d+\.\d+$/.test(name)) : []

const commits = "echo $DROVER_TASK >>file && git -c user.name=a -c user.email=a@b commit -qam work"

it(
  "WRK-2 two tasks in one repository work at once, each in a worktree of its own, and the checkout stays as it is",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        writeFileSync(join(repository, "file"), "the user is at it\n")
        const meets = `echo 1 >${folder.path}/here.$DROVER_TASK; while [ $(ls ${folder.path}/here.* | wc -l) -lt 2 ]; do sleep 0.02; done`
        const own = { spec: apart(), verify: [`test "$(tail -n 1 file)" = "$DROVER_TASK"`] }
        const id = yield* submit(
          task("a", repository, `${commits}; ${meets}`, own),
          task("b", repository, `${commits}; ${meets}`, own)
        )
        const { stopAgents } = yield* supervise
        for (const name of ["a", "b"])
          expect((yield* untilStage(id(name), "Done")).stage).toMatchObject({ verified: true })
        expect(readFileSync(join(repository, "file"), "utf8")).toBe("the user is at it\n")
        expect(yield* inGit(repository, "show", `drover/${id("a")}-a:file`)).toBe(`one\n${id("a")}`)
        // What is not landed is for a person: it stays.
        expect(worktreesIn(folder)).toHaveLength(2)
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-2 the setup runs once for all attempts of a task; what it says when it fails is the reason that nothing starts",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const note = `${folder.path}/setups`
        const setup = [`echo $PWD >>${note}`, "echo dependency >made"]
        const broken = ["echo a library is missing >&2", "exit 3"]
        const id = yield* submit(
          task("good", repository, `test -f made && echo x >>tries; test $(wc -l <tries) = 2`, {
            spec: apart({ setup, maxRetries: 1 })
          }),
          task("bad", repository, "true", { spec: apart({ setup: broken }) })
        )
        const { stopAgents } = yield* supervise
        yield* untilStage(id("good"), "Done")
        expect(readFileSync(note, "utf8").trim().split("\n")).toHaveLength(1)
        const { stage } = yield* untilStage(id("bad"), "Blocked")
        expect(stage).toMatchObject({ reason: { _tag: "LaunchFailed" } })
        const store = yield* Store
        const attempts = yield* store.attempts(id("bad"))
        expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(["LaunchFailed"]))
        expect(attempts[0]?.detail).toContain("status 3")
        expect(attempts[0]?.detail).toContain("a library is missing")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "PRC-2 a task that is cancelled in the middle of its setup leaves nothing of it running, and its worktree goes",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const begun = `${folder.path}/begun`
        const setup = [`echo 1 >${begun}`, "sleep 600"]
        const id = yield* submit(task("a", repository, "true", { spec: apart({ setup }) }))
        const { stopAgents } = yield* supervise
        yield* untilTrue(() => existsSync(begun))
        yield* operate(id("a"), { _tag: "Abandon", at: Date.now() })
        yield* untilStage(id("a"), "Abandoned")
        const isGone = (text: string): boolean => text.includes('"hasBranch":false')
        yield* untilTrue(() => isGone(readFileSync(join(folder.places.worktrees, `${id("a")}.2.json`), "utf8")))
        expect(worktreesIn(folder)).toEqual([])
        expect(yield* inGit(repository, "for-each-ref", "refs/heads/drover")).toBe("")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-1 the work of a task that is cancelled is kept before its worktree goes, by the next supervisor if this one ends first",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const begun = `${folder.path}/begun`
        const id = yield* submit(
          task("a", repository, `${commits}; echo left >left; echo hidden >made; echo 1 >${begun}; sleep 600`, {
            spec: apart()
          })
        )
        const first = yield* supervise
        yield* untilTrue(() => existsSync(begun))
        yield* first.end
        yield* operate(id("a"), { _tag: "Abandon", at: Date.now() })
        const second = yield* supervise
        yield* untilTrue(() => worktreesIn(folder).length === 0)
        const refs = yield* inGit(repository, "for-each-ref", "--format=%(refname)", "refs/drover/rescue")
        expect(yield* inGit(repository, "show", `${refs}:left`)).toBe("left")
        expect(yield* inGit(repository, "show", `${refs}:made`)).toBe("hidden")
        expect(yield* inGit(repository, "show", `${refs}:file`)).toBe(`one\n${id("a")}`)
        yield* second.stopAgents
      })
    ),
  300_000
)

it(
  "PRC-1 a supervisor that dies in the middle of a setup costs no attempt: the next one does it again",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const begun = `${folder.path}/begun`
        const setup = [`echo 1 >>${begun}`, `while test $(wc -l <${begun}) = 1; do sleep 0.05; done`]
        const id = yield* submit(task("a", repository, commits, { spec: apart({ setup }) }))
        const first = yield* supervise
        yield* untilTrue(() => existsSync(begun))
        yield* first.end
        const second = yield* supervise
        yield* untilStage(id("a"), "Done")
        const store = yield* Store
        const outcomes = (yield* store.attempts(id("a"))).map(({ outcome }) => outcome)
        expect(outcomes.filter((outcome) => outcome !== "LaunchFailed")).toEqual(["Clean"])
        yield* second.stopAgents
      })
    ),
  300_000
)

it(
  "EXE-2 a setup whose end can not be read is ended before its start is called failed",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const record = join(folder.places.attempt(TaskId.make(1), AttemptNumber.make(1)), "setup", exitFile)
        const setup = [`echo nonsense >${record}; sleep 600`]
        const id = yield* submit(task("a", repository, commits, { spec: apart({ setup, maxRetries: 0 }) }))
        const { stopAgents } = yield* supervise
        yield* until(id("a"), ({ facts }) => facts.nextAttempt > 2)
        const [first] = yield* Effect.flatMap(Store, (store) => store.attempts(id("a")))
        expect(first?.outcome).toBe("LaunchFailed")
        expect(first?.detail).toContain("can not be read")
        const { byMarker } = yield* Effect.flatMap(Processes, ({ snapshot }) => snapshot)
        expect((first === undefined ? [] : (byMarker.get(first.marker) ?? [])).filter(isAlive)).toEqual([])
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "EXE-12 a worktree that takes long to be made ready is no start that was never seen",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder, ignoring)
        const go = `${folder.path}/go`
        const setup = [`while ! test -e ${go}; do sleep 0.05; done`]
        const id = yield* submit(task("a", repository, commits, { spec: apart({ setup }) }))
        const { stopAgents } = yield* supervise
        const { execution } = yield* until(id("a"), (found) => found.execution._tag === "Launching")
        const since = "since" in execution ? execution.since : 0
        // Well past the grace in which any other start must be seen (the numbers of these specs).
        yield* untilTrue(() => Date.now() > since + 2500)
        writeFileSync(go, "")
        yield* untilStage(id("a"), "Done")
        const store = yield* Store
        expect((yield* store.attempts(id("a"))).map(({ outcome }) => outcome)).toEqual(["Clean"])
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-1 a supervisor that can not tell yet which worktrees there are begins nothing, and then goes on in those that are there",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const id = yield* submit(task("a", repository, "test -e half", { spec: apart() }))
        const another = yield* GitWorktrees.make(folder.places.worktrees)
        const { top } = yield* another.ensure(yield* stored(id("a")))
        writeFileSync(join(top, "half"), "")
        const { worktrees } = folder.places
        renameSync(worktrees, `${worktrees}.away`)
        writeFileSync(worktrees, "no folder")
        let isTold = false
        const person = Logger.make(({ message }) => {
          if (isTold || !String(message).includes("look for worktrees")) return
          isTold = true
          rmSync(worktrees)
          renameSync(`${worktrees}.away`, worktrees)
        })
        const { stopAgents } = yield* Effect.provide(supervise, Logger.add(person))
        expect(isTold).toBe(true)
        yield* untilStage(id("a"), "Done")
        expect(worktreesIn(folder)).toEqual([basename(top)])
        yield* stopAgents
      })
    ),
  300_000
)
