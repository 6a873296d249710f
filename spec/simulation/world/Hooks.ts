/**
 * What hooks tell here, apart from what is true: events of agents that work, that are over or that never were, lost, late,
 * doubled and out of order. A sender that is not answered sends again, to whoever supervises then; what was acknowledged
 * must be there in the end, once (ING-3, STO-6).
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import { type HookName, hookNames } from "../../../core/hook/HookName.ts"
import { Ingest } from "../../../shell/hooks/Ingest.ts"
import type { ReceivedHookEvent } from "../../../shell/store/Store.ts"
import { Defect } from "../kernel/Defect.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"
import type { Reader } from "./Reader.ts"

const minute = 60_000

/** What promises are taken from, and what shows that they were kept. */
const telling: readonly [HookName, ...ReadonlyArray<HookName>] = [
  "UserPromptSubmit",
  "PostToolUse",
  "PostToolUse",
  "PostToolUse",
  "Stop",
  "Stop"
]
const answer = { stdout: "", stderr: "", interrupted: false }
const edited = { tool_name: "Edit", tool_input: { file_path: "/a" }, tool_response: {} }
const ran = (command: string) => ({ tool_name: "Bash", tool_input: { command }, tool_response: answer })

const Counted = Schema.Array(Schema.Struct({ source: Schema.String, times: Schema.Int }))
const countedOf = Schema.decodeUnknownSync(Counted)

/** What turns end with: promises, reports, and neither. */
export const sayings: readonly [string, ...ReadonlyArray<string>] = [
  "All done. I'll push it now.",
  "I'll merge the branch in 20 minutes. I'll fix the test.",
  "I pushed it. I fixed the test.",
  "I will rerun the tests.",
  "It compiles."
]
/** What tools do. */
const commands: readonly [string, ...ReadonlyArray<string>] = [
  "git push",
  "git push --dry-run",
  "npm test",
  "git merge main && git push",
  "ls"
]

/** The session of an attempt, by the marker of its process. */
export const sessionOf = (marker: string): string => `s-${marker.slice(0, 12)}`

export interface Setting {
  readonly dice: Dice
  readonly wall: () => number
  /** Does something so much later. */
  readonly later: (afterMs: number, what: () => void) => void
  /** The sessions of agents that are at work. */
  readonly sessions: () => ReadonlyArray<string>
}

export class Hooks {
  /** Events that were acknowledged, and those that came again. */
  readonly counts = { "hook events": 0, "hook events again": 0 }
  readonly #setting: Setting
  /** Not acknowledged yet. */
  readonly #unanswered: Array<ReceivedHookEvent> = []
  /** What is told again with all that came after it, as long as it is not answered. */
  readonly #inOrder = new Set<ReceivedHookEvent>()
  readonly #acknowledged = new Set<string>()
  #last = 0
  /** Nothing that sessions tell is lost any more, nor out of order. */
  #isCalm = false
  /** Supervisors that wait for something to be told. */
  readonly #waiting = new Set<() => void>()
  #isWaking = false
  /** That which holds them up; null where nothing does. */
  #hang: object | null = null
  #failure: { readonly isOnce: boolean; readonly onDied: () => void } | null = null
  /** Agents have something to tell. */
  #isDue = true
  #isRousing = false

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** The way in of one supervisor. */
  readonly layer: Layer.Layer<Ingest> = Layer.succeed(Ingest, {
    prepare: Effect.void,
    run: ({ accept, beat }) =>
      Effect.suspend(() => {
        if (this.#hang !== null) return Effect.void
        this.#dies()
        const events = this.#some()
        return Effect.flatMap(Effect.either(accept(events)), (answer) => {
          if (Either.isRight(answer)) this.#answered(events)
          return beat(Either.isRight(answer) ? null : answer.left.message)
        })
      }).pipe(Effect.zipRight(Effect.suspend(() => this.#pause)), Effect.forever)
  })

  /**
   * A session of a person tells something, which may be lost, or come late, twice or out of order; answers whether it comes
   * before what is told after it.
   */
  tell(event: Omit<ReceivedHookEvent, "source">): boolean {
    const { dice, later } = this.#setting
    if (!this.#isCalm && dice.chance(0.1)) return false
    const isPrompt = this.#isCalm || dice.chance(0.6)
    const arrive = (): void => {
      const received = { ...event, source: `e${++this.#last}` }
      this.#unanswered.push(received)
      if (isPrompt) this.#inOrder.add(received)
      if (this.#isWaking) return
      this.#isWaking = true
      later(dice.below(30_000), () => {
        this.#isWaking = false
        this.#wake()
      })
    }
    if (isPrompt) arrive()
    else later(dice.below(10 * minute), arrive)
    return isPrompt
  }

  /** Nobody takes anything in for so long. */
  hang(forMs: number): void {
    const hang = {}
    this.#hang = hang
    this.#setting.later(forMs, () => {
      if (this.#hang === hang) this.#hang = null
    })
  }

  /** What takes them in dies of an error of its own, once or each time. */
  fail(forMs: number, isOnce: boolean, onDied: () => void): void {
    const failure = { isOnce, onDied }
    this.#failure = failure
    this.#setting.later(forMs, () => {
      if (this.#failure === failure) this.#failure = null
    })
  }

  calm(): void {
    this.#isCalm = true
    this.#hang = null
    this.#failure = null
  }

  #dies(): void {
    const failure = this.#failure
    if (failure === null) return
    if (failure.isOnce) this.#failure = null
    failure.onDied()
    throw new Defect("what hooks tell")
  }

  /** Until something was told, or agents have something to tell. */
  readonly #pause = Effect.async<void>((resume) => {
    this.#waiting.add(() => resume(Effect.void))
    this.#rouse()
  })

  /** Agents have something to tell every few minutes, however much sessions tell meanwhile. */
  #rouse(): void {
    if (this.#isRousing) return
    this.#isRousing = true
    this.#setting.later(this.#setting.dice.below(8 * minute), () => {
      this.#isRousing = false
      this.#isDue = true
      this.#wake()
    })
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Acknowledged, and not there exactly once. */
  wrong(database: Reader): ReadonlyArray<string> {
    const rows = database
      .prepare("SELECT source, count(*) AS times FROM hook_events WHERE source IS NOT NULL GROUP BY source")
      .all()
    const times = new Map(countedOf(rows).map((row) => [row.source, row.times]))
    return [...this.#acknowledged].filter((source) => times.get(source) !== 1)
  }

  #some(): ReadonlyArray<ReceivedHookEvent> {
    const { dice } = this.#setting
    const fresh = Array.from({ length: this.#isDue ? dice.below(4) : 0 }, () => this.#draw())
    this.#isDue = false
    this.#unanswered.push(...fresh.filter(() => !dice.chance(0.1)))
    // A part of what waits, in any order; and what was answered may come again.
    const some = this.#unanswered
      .filter((event) => this.#isCalm || this.#inOrder.has(event) || dice.chance(0.7))
      .toSorted((a, b) => a.at - b.at)
    const ordered = !this.#isCalm && dice.chance(0.3) ? some.toReversed() : some
    return dice.chance(0.2) ? [...ordered, ...ordered.slice(0, 2)] : ordered
  }

  #draw(): ReceivedHookEvent {
    const { dice, sessions, wall } = this.#setting
    const [one = "", ...more] = [...sessions(), "s-nobody", `s-${dice.below(1000)}`]
    const sessionId = dice.pick([one, ...more])
    const late = dice.chance(0.2) ? dice.below(10 * minute) : 0
    const hook: HookName = dice.chance(0.6) ? dice.pick(telling) : dice.pick([hookNames[0], ...hookNames])
    const body = JSON.stringify({
      session_id: sessionId,
      tool_use_id: dice.chance(0.5) ? `t${++this.#last}` : undefined,
      last_assistant_message: hook === "Stop" ? dice.pick(sayings) : undefined,
      ...(hook.startsWith("PostToolUse") && (dice.chance(0.5) ? edited : ran(dice.pick(commands))))
    })
    return { event: HookEvent.make(hook, body), at: wall() - late, source: `e${++this.#last}` }
  }

  #answered(events: ReadonlyArray<ReceivedHookEvent>): void {
    for (const event of events) {
      const { source } = event
      if (source === null) continue
      if (this.#acknowledged.has(source)) this.counts["hook events again"] += 1
      else this.counts["hook events"] += 1
      this.#acknowledged.add(source)
      const index = this.#unanswered.indexOf(event)
      // Some senders do not hear the answer, and send it again.
      if (index >= 0 && !this.#setting.dice.chance(0.1)) this.#unanswered.splice(index, 1)
    }
  }
}
