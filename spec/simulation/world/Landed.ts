/**
 * What must hold of landings at every step: judged by what was really done to the repositories, by the programs that really
 * ran and by the ledger, never by what a supervisor believes.
 */
import * as Schema from "effect/Schema"
import { Spec } from "../../../core/task/Spec.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import type { Process } from "../kernel/Loop.ts"
import { hashOf } from "./git/History.ts"
import type { Made, Repositories, Watcher } from "./git/Repositories.ts"
import type { Host } from "./Host.ts"
import type { Row } from "./LedgerRow.ts"
import type { Reader } from "./Reader.ts"

const specOf = Schema.decodeUnknownSync(Schema.Struct({ spec: Schema.parseJson(Spec) }))

interface Landing {
  readonly run: number
  readonly base: string
  readonly candidate: string | null
}

export interface Setting {
  readonly host: () => Host
  readonly repositories: () => Repositories
  readonly broken: (requirement: string, what: string) => void
  readonly say: (line: string) => void
  /** A landing may move its branch from now on, or what would land is being checked. */
  readonly onMoment: (moment: "arm" | "check") => void
}

export class Landed {
  /** Landings that were begun, and those that moved the branch. */
  readonly counts = { landings: 0, landed: 0, "worktrees taken away": 0 }
  readonly #setting: Setting
  readonly #specs = new Map<number, Spec>()
  /** What the ledger says is being landed, by task. */
  readonly #landings = new Map<number, Landing>()
  /** Who began a landing. */
  readonly #begunBy = new Map<string, string>()
  /** What has moved the branch, and is not in the ledger yet. */
  readonly #untold = new Map<number, string>()
  /** What passed each check of a task. */
  readonly #passed = new Set<string>()
  /** Contents of a task that passed any of them. */
  readonly #seen = new Map<number, Set<string>>()
  /** The last look at the branch of a candidate by whoever would land it, and whether nothing was in the way then. */
  readonly #looks = new Map<string, boolean>()
  /** The landing that each of its programs is of, and what was asked for under each marker. */
  readonly #runs = new Map<string, { readonly task: number; readonly run: number; readonly repository: string }>()
  readonly #places = new Map<string, string>()
  readonly #begun = new Set<string>()
  /** Where the work of a task was as its last QA agent began. */
  readonly #headAtQa = new Map<number, string>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  readonly watcher: Watcher = {
    looked: (by, _, to, isFree) => {
      if (to !== null) this.#looks.set(`${by.name} ${to}`, isFree)
    },
    armed: (by: Process, { run, task }, candidate) => {
      // Before a moment that can not be taken back, as the last thing: a change may have begun while it was checked.
      if (this.#looks.get(`${by.name} ${candidate}`) !== true) {
        this.#broken("WRK-2", `#${task.id}.l${run} is armed, and nobody has seen that no checkout is in its way`)
      }
      this.#setting.onMoment("arm")
    },
    moved: (asked, from, to) => this.#moved(asked.task.id, asked.run, from, to),
    removing: (made) => this.#removing(made),
    restored: (task, head) => {
      const before = this.#headAtQa.get(task)
      if (before !== undefined && before !== head) {
        this.#broken("WRK-1", `#${task} is taken back to ${head}, and was at ${before} when QA began`)
      }
    }
  }

  /** A check of that task has passed that content. */
  readonly passed = (task: number, verifier: number, tree: string): void => {
    this.#passed.add(`${task} ${verifier} ${tree}`)
    const trees = this.#seen.get(task) ?? new Set()
    this.#seen.set(task, trees.add(tree))
  }

  /** Whether all of its checks have passed one content. */
  #isVerified(task: number, database: Reader): boolean {
    const checks = this.#spec(task, database).verify.map((_, index) => index + 1)
    if (checks.length === 0) return true
    return [...(this.#seen.get(task) ?? [])].some((tree) =>
      checks.every((check) => this.#passed.has(`${task} ${check} ${tree}`))
    )
  }

  /** A program is asked for. */
  requested({ cwd, directory, env, marker }: SpawnRequest): void {
    this.#places.set(marker, cwd)
    if (env.DROVER_ROLE === "qa") {
      const place = this.#setting.repositories().at(cwd)
      if (place !== null) this.#headAtQa.set(Number(env.DROVER_TASK), place.repository.headOf(place.checkout))
    }
    const [, task, run] = /\/(\d+)\.l(\d+)\/[^/]+$/.exec(directory) ?? []
    const place = this.#setting.repositories().at(cwd)
    if (task === undefined || run === undefined || place === null) return
    this.#runs.set(marker, { task: Number(task), run: Number(run), repository: place.repository.top })
  }

  /** A program begins. */
  started(marker: string): void {
    this.#begun.add(marker)
    const own = this.#runs.get(marker)
    if (own === undefined) return
    this.#setting.onMoment("check")
    for (const { marker: other } of this.#setting.host().machine.processes) {
      const neighbour = other === marker ? undefined : this.#runs.get(this.#known(other))
      if (neighbour?.repository !== own.repository) continue
      this.#broken("TCK-3", `#${own.task}.l${own.run} is checked beside #${neighbour.task}.l${neighbour.run}`)
    }
  }

  /** A row of the ledger, written by that process. */
  row({ event: { event, _tag }, execution, stage_json: { stage }, task_id: task }: Row, by: string, database: Reader) {
    const before = this.#landings.get(task)
    if (execution._tag === "Landing") {
      const { base = "", candidate = null } = execution
      const run = execution.run ?? 0
      this.#landings.set(task, { run, base, candidate })
      if (before === undefined) this.#begins(task, run, by, database)
    } else this.#landings.delete(task)
    if (before !== undefined && execution._tag !== "Landing" && execution._tag !== "Stopping") {
      this.#isQuiet(task, before.run)
    }
    if (event?._tag === "GatesPassed" && !this.#isVerified(task, database)) {
      this.#broken("EXE-15", `#${task} passes its gates, and there is no content that all of its checks have passed`)
    }
    if (_tag === "ExecutionMoved" && event?._tag === "LandEnded") this.#ended(task, event.run ?? 0, event.result, by)
    if (_tag === "StageMoved" && event?._tag === "Landed" && event.visit !== null && stage === "done") {
      this.#isLanded(task, event.commit ?? "", database)
    }
  }

  /** What is left when all has come to rest. */
  atRest(): ReadonlyArray<string> {
    return this.#setting
      .repositories()
      .all.flatMap(({ checkouts, refs, top }) => [
        ...[...refs.keys()].filter((ref) => ref.startsWith("land/")).map((ref) => `${top} has the ref ${ref}`),
        ...[...checkouts.keys()].filter((path) => /\.l\d+$/.test(path)).map((path) => `${path} is there`)
      ])
  }

  /** A marker of which something began: a wrapper that has no token yet may never get it. */
  #known(marker: string | null): string {
    return marker !== null && this.#begun.has(marker) ? marker : ""
  }

  #broken(requirement: string, what: string): void {
    this.#setting.broken(requirement, what)
  }

  #spec(task: number, database: Reader): Spec {
    const known = this.#specs.get(task)
    if (known !== undefined) return known
    const row = database.prepare("SELECT spec FROM task_specs WHERE task_id = ? ORDER BY revision DESC").get(task)
    const { spec } = specOf(row)
    this.#specs.set(task, spec)
    return spec
  }

  #begins(task: number, run: number, by: string, database: Reader): void {
    this.counts.landings += 1
    this.#begunBy.set(`${task}.${run}`, by)
    const { target } = this.#spec(task, database)
    for (const other of this.#landings.keys()) {
      if (other === task || this.#specs.get(other)?.target?.repository !== target?.repository) continue
      this.#broken("TCK-3", `#${task} and #${other} are landed at once`)
    }
  }

  /** Of a landing that is over nothing runs. */
  #isQuiet(task: number, run: number): void {
    for (const { marker, pid } of this.#setting.host().machine.processes) {
      const own = this.#runs.get(this.#known(marker))
      if (own?.task === task && own.run === run) this.#broken("EXE-2", `#${task}.l${run} is over, and ${pid} lives`)
    }
  }

  #ended(task: number, run: number, result: Result | undefined, by: string): void {
    const untold = this.#untold.get(task)
    if (untold !== undefined && result?.commit !== untold) {
      this.#broken("WRK-4", `#${task}.l${run} has landed ${untold}, and its end says ${result?._tag}`)
    }
    this.#untold.delete(task)
    if (result?._tag === "Failed" && this.#begunBy.get(`${task}.${run}`) !== by) {
      this.#broken("WRK-4", `${by} counts a failure of #${task}.l${run}, which another supervisor began`)
    }
  }

  #moved(task: number, run: number, from: string, to: string): void {
    this.counts.landed += 1
    this.#setting.say(`#${task}.l${run} moves its branch from ${from} to ${to}`)
    const landing = this.#landings.get(task)
    if (landing?.run !== run || landing.candidate !== to || landing.base !== from) {
      this.#broken("WRK-7", `#${task}.l${run} moves its branch, and the ledger knows of no such landing`)
    }
    if (this.#untold.has(task)) this.#broken("WRK-4", `#${task} lands twice`)
    this.#untold.set(task, to)
    const spec = this.#specs.get(task)
    if (spec?.target === undefined) return
    const tree = hashOf(this.#setting.repositories().of(spec.target).history.treeOf(to))
    for (const index of spec.verify.keys()) {
      if (this.#passed.has(`${task} ${index + 1} ${tree}`)) continue
      this.#broken("WRK-3", `#${task}.l${run} lands what its check ${index + 1} has not passed`)
    }
  }

  #isLanded(task: number, commit: string, database: Reader): void {
    const { target } = this.#spec(task, database)
    if (target === undefined) return
    const { branches, history } = this.#setting.repositories().of(target)
    // Its user may have given the branch another name.
    if ([...branches.values()].some((tip) => history.isIn(commit, tip))) return
    this.#broken("WRK-4", `#${task} is done, and no branch has ${commit}`)
  }

  #removing({ kept, repository, task, top }: Made): void {
    this.counts["worktrees taken away"] += 1
    this.#setting.say(`${top} is taken away`)
    const checkout = repository.checkouts.get(top)
    if (checkout === undefined) return
    for (const { marker, pid } of this.#setting.host().machine.processes) {
      if (this.#places.get(this.#known(marker)) !== top) continue
      this.#broken("WRK-7", `the worktree of #${task} is taken away, and ${pid} works in it`)
    }
    const head = repository.headOf(checkout)
    const all = kept?.ref === null || kept === null ? undefined : repository.refs.get(kept.ref)
    const holders = all === undefined ? [head] : [head, all]
    const isWhole = holders.some((holder) => hashOf(checkout.files) === hashOf(repository.history.treeOf(holder)))
    if (!isWhole || !repository.isHeld(head)) this.#broken("WRK-1", `what is in ${top} is kept nowhere`)
  }
}

type Result = NonNullable<NonNullable<Row["event"]["event"]>["result"]>
