/**
 * The long-lived sessions of the simulated fleet: people start them and speak to them, they use tools, send to each other,
 * start others, compact, stop, are given mail, end, or are killed without a word; and their hooks tell of it.
 */
import type { Effect } from "effect/Effect"
import * as HookEvent from "../../../../core/hook/HookEvent.ts"
import type { HookName } from "../../../../core/hook/HookName.ts"
import { operator } from "../../../../core/mailbox/Role.ts"
import type { ReceivedHookEvent, Store } from "../../../../shell/store/Store.ts"
import * as Dice from "../../../core/tick/simulation/Dice.ts"
import type { Caller } from "../../adapters/Universe.ts"
import type { Loop, Process } from "../../kernel/Loop.ts"
import type { Host } from "../Host.ts"
import type { Reader } from "../Reader.ts"
import type { Answered } from "../Supervisors.ts"
import type { Mailing } from "./Mailing.ts"
import * as Post from "./Post.ts"
import { ancestry, isGone, lives, type Session } from "./Session.ts"

const second = 1000
const minute = 60 * second

/** Claude Code takes the eighth block in a row for a mistake. */
const mostBlocks = 7

const courtesies = ["thanks", "ok", "noted.", "no reply needed"] as const
const farewells = ["stop", "no reply needed"] as const
const places = ["/work", "/work", "/work", "/work", "/work/a", "/elsewhere"] as const

export interface Setting {
  /** Those that somebody holds; none where nobody has sessions. */
  readonly roles: ReadonlyArray<string>
  readonly loop: Loop
  readonly host: () => Host
  readonly seed: number
  /** People come by so many times as seldom as usual. */
  readonly stretch: number
  readonly mailing: Mailing
  readonly database: () => Reader | undefined
  readonly say: (line: string) => void
  /** Tells drover's hooks of it. */
  readonly tell: (event: Omit<ReceivedHookEvent, "source">) => boolean
  readonly hook: (
    name: string,
    asked: { readonly hook: string; readonly role: string },
    onEnd: (_: Answered) => void
  ) => Process
  /** A hook is about to run, which may be killed. */
  readonly doomed: (process: Process) => void
  readonly command: <A>(name: string, effect: Effect<A, unknown, Store>, onEnd: (answer: A) => void) => void
  /** Somebody works in that folder. */
  readonly works: (directory: string) => void
}

interface HookCall {
  readonly hook: "SessionStart" | "Stop"
  readonly payload: object
}

export class Sessions {
  readonly counts = { sessions: 0, "sessions nested": 0, turns: 0, "turns made by mail": 0 }
  areFaulty = true
  readonly #setting: Setting
  readonly #dice: Dice.Dice
  readonly #all: Array<Session> = []
  /** Which session's hook a process is, and what it reads. */
  readonly #hooks = new Map<Process, { readonly session: Session; readonly input: string }>()
  #born = 0
  #messages = 0
  /** The next hook of a stop is killed, somewhere. */
  #isNextDoomed = false

  constructor(setting: Setting) {
    this.#setting = setting
    this.#dice = Dice.make(setting.seed)
    for (const role of setting.roles) this.#attend(role, minute)
  }

  /** What the current process, a hook, knows of who started it. */
  readonly caller = (): Caller => {
    const { current } = this.#setting.loop
    const hook = current === null ? undefined : this.#hooks.get(current)
    return {
      input: hook?.input ?? "",
      ancestry: hook === undefined ? { agent: null, above: [] } : ancestry(hook.session),
      isGone: (identity) => isGone(identity, this.#setting.host().machine)
    }
  }

  readonly lives = (session: Session): boolean => lives(session, this.#setting.host().machine)

  /** Whose commits are no task's. */
  isHook(process: Process | null): boolean {
    return process !== null && this.#hooks.has(process)
  }

  /** From now on nothing goes wrong, nobody sends, and people see to it that each role is held. */
  calm(): void {
    this.areFaulty = false
    this.#isNextDoomed = false
    for (const role of this.#setting.roles) this.#begin(role, null)
  }

  /** One of them is killed, and says nothing. */
  kill(dice: Dice.Dice): void {
    const victim = this.#some(dice)
    if (victim === undefined) return
    this.#leave(victim)
    this.#setting.say(`the session ${victim.id} is killed`)
  }

  /** Somebody begins another session of a role, while the one before may live. */
  succeed(dice: Dice.Dice): void {
    const role = this.#someRole(dice)
    if (role !== null) this.#begin(role, null)
  }

  killNextHook(): void {
    this.#isNextDoomed = true
  }

  /** Somebody sends a lot at once. */
  burst(dice: Dice.Dice): void {
    const role = this.#someRole(dice)
    if (role === null) return
    const from = dice.pick([operator, "ci", "coder"])
    const many = dice.weighted(
      [
        [5, 60],
        [25, 30],
        [70, 10]
      ],
      5
    )
    for (let left = many; left > 0; left--) {
      this.#setting.loop.after(null, dice.below(dice.pick([300, 20 * second])), () =>
        this.#send(dice, { role, from, by: null })
      )
    }
  }

  #someRole(dice: Dice.Dice): string | null {
    const { roles } = this.#setting
    return roles[dice.below(Math.max(1, roles.length))] ?? null
  }

  #some(dice: Dice.Dice): Session | undefined {
    const alive = this.#all.filter(this.lives)
    return alive[dice.below(Math.max(1, alive.length))]
  }

  /** A person comes by, and speaks to a session of the role, or begins one. */
  #attend(role: string, within: number): void {
    const { loop } = this.#setting
    const delay = this.areFaulty ? this.#setting.stretch * (second + this.#dice.below(within)) : 5 * minute
    loop.after(null, delay, () => {
      const alive = this.#all.filter(
        (session) => session.role === role && session.parent === null && this.lives(session)
      )
      if (alive.length === 0 && (!this.areFaulty || this.#dice.chance(0.8))) this.#begin(role, null)
      for (const session of alive) {
        if (session.isInTurn || (this.areFaulty && this.#dice.chance(0.2))) continue
        if (this.areFaulty && this.#dice.chance(0.06)) this.#end(session)
        else this.#prompt(session)
      }
      if (this.areFaulty && this.#dice.chance(0.3)) this.#send(this.#dice, { role, from: operator, by: null })
      if (this.areFaulty && this.#dice.chance(0.1))
        this.#setting.command("a person reads mail", Post.drain(operator), () => undefined)
      this.#attend(role, this.#dice.pick([4 * minute, 15 * minute]))
    })
  }

  #begin(role: string, parent: Session | null): void {
    const { mailing, say } = this.#setting
    const { machine } = this.#setting.host()
    const pid = machine.enter({ ppid: parent?.process.pid ?? 1 })
    const entry = machine.processes.find((each) => each.pid === pid)
    const { bootId, host } = machine
    const session: Session = {
      id: `session-${++this.#born}`,
      role,
      cwd: parent?.cwd ?? this.#dice.pick(places),
      dice: Dice.make(this.#dice.throw()),
      machine,
      process: { host, pid, startTime: entry?.startTime ?? "", bootId },
      parent,
      isOver: false,
      isKnown: false,
      isInTurn: false,
      chain: 0,
      spokenAt: null,
      isUnheard: false,
      shown: null,
      delivery: null,
      work: null
    }
    this.counts[parent === null ? "sessions" : "sessions nested"] += 1
    this.#all.push(session)
    mailing.begun(session)
    say(`the session ${session.id} begins as ${role}${parent === null ? "" : `, in ${parent.id}`}`)
    this.#tell(session, "SessionStart")
    this.#run(session, { hook: "SessionStart", payload: { source: "startup" } }, ({ isWhole }) => {
      if (!isWhole) return
      session.isKnown = true
      mailing.bound(session, this.#setting.database())
    })
    // What a tool starts has its prompt with it.
    if (parent !== null) this.#later(session, second, () => this.#prompt(session))
  }

  #prompt(session: Session): void {
    if (!this.#tell(session, "UserPromptSubmit")) session.isUnheard = true
    // The latest by that clock, which may have been set back since.
    session.spokenAt = Math.max(this.#wall(), session.spokenAt ?? 0)
    session.chain = 0
    this.#work(session, false)
  }

  /** A turn: some tools, and then its end. */
  #work(session: Session, isContinuation: boolean): void {
    const { dice } = session
    session.isInTurn = true
    this.counts[isContinuation ? "turns made by mail" : "turns"] += 1
    let at = second
    for (let left = dice.below(4); left > 0; left--) {
      at += second + dice.below(dice.pick([10 * second, 2 * minute]))
      this.#later(session, at, () => this.#use(session))
    }
    // A task takes longer than an answer: as long as an attempt that is lost would be waited for, and longer.
    at += second + dice.below(session.work === null ? dice.pick([5 * second, 2 * minute]) : 14 * minute)
    this.#later(session, at, () => this.#stop(session, isContinuation))
  }

  /** A tool. */
  #use(session: Session): void {
    const { dice } = session
    this.#tell(session, dice.pick(["PreToolUse", "PostToolUse", "PostToolUse"]))
    if (!this.areFaulty) return
    if (dice.chance(0.05)) this.#begin(session.role, session)
    if (dice.chance(0.05)) {
      this.#tell(session, "PreCompact")
      this.#setting.say(`${session.id} compacts`)
      this.#run(session, { hook: "SessionStart", payload: { source: "compact" } }, () => undefined)
    }
    if (dice.chance(session.shown === null ? 0.2 : 0.6)) this.#answer(session)
  }

  #answer(session: Session): void {
    const { dice, role } = session
    const others = this.#setting.roles.filter((other) => other !== role)
    const to = dice.chance(0.05) ? operator : (others[dice.below(others.length)] ?? operator)
    this.#send(dice, { role: to, from: role, by: session })
  }

  #stop(session: Session, isContinuation: boolean): void {
    const { mailing, say, works } = this.#setting
    const { dice } = session
    if (session.work !== null) works(session.work.directory)
    session.work = null
    const said = dice.chance(0.05) ? dice.pick(farewells) : "I have looked at it."
    this.#tell(session, "Stop", { last_assistant_message: said })
    const payload = { stop_hook_active: isContinuation, last_assistant_message: said }
    this.#run(session, { hook: "Stop", payload }, ({ isWhole, printed }) => {
      if (!this.lives(session)) return
      const database = this.#setting.database()
      if (isWhole && isContinuation) mailing.went(session)
      session.delivery = null
      if (printed === null || database === undefined) {
        session.isInTurn = false
        // What a tool has started is over when its turn is.
        if (session.parent !== null) this.#end(session)
        return
      }
      mailing.shown(session, printed, database)
      say(
        `${session.id} goes on by delivery ${session.delivery}${session.work === null ? "" : `, with #${session.work.task}`}`
      )
      if (session.chain > mostBlocks) session.isInTurn = false
      else this.#work(session, true)
    })
  }

  #end(session: Session): void {
    this.#tell(session, "SessionEnd")
    this.#leave(session)
    this.#setting.say(`the session ${session.id} ends`)
  }

  #leave(session: Session): void {
    session.isOver = true
    session.machine.leave(session.process.pid)
  }

  #send(
    dice: Dice.Dice,
    { by, from, role }: { readonly by: Session | null; readonly from: string; readonly role: string }
  ): void {
    if (!this.areFaulty) return
    const id = `m${++this.#messages}`
    const isCourtesy = dice.chance(0.08)
    const filler = "x".repeat(
      dice.weighted(
        [
          [dice.below(80), 80],
          [dice.below(3000), 15],
          [8192 - id.length - 2, 5]
        ],
        1
      )
    )
    const text = isCourtesy ? dice.pick(courtesies) : `${id}: ${filler}`.trimEnd()
    const spoken = by?.spokenAt ?? null
    const shown = by?.shown ?? null
    const hop = shown === null || (spoken !== null && spoken > shown.at) ? 1 : shown.hop + 1
    const { command, mailing, say } = this.#setting
    const message = { id, role, from, text, by, hop, isCourtesy }
    command(`${by?.id ?? from} sends ${id} to ${role}, hop ${hop}`, Post.send(message), (answer) => {
      if (answer === "sent") return mailing.sent(message)
      say(`${id} is refused: ${answer}`)
      mailing.refused(id)
    })
  }

  #run(session: Session, { hook, payload }: HookCall, onEnd: (answered: Answered) => void): void {
    const { database, doomed, hook: start, mailing } = this.#setting
    const { cwd, id, role } = session
    const process = start(`${hook} hook of ${id}`, { hook, role }, (answered) => {
      this.#hooks.delete(process)
      const reader = database()
      if (reader !== undefined) mailing.look(reader)
      onEnd(answered)
    })
    const input = JSON.stringify({ session_id: id, cwd, hook_event_name: hook, ...payload })
    this.#hooks.set(process, { session, input })
    if (hook !== "Stop" || !this.#isNextDoomed) return
    this.#isNextDoomed = false
    doomed(process)
  }

  #tell({ cwd, id }: Session, hook: HookName, fields: object = {}): boolean {
    const body = JSON.stringify({ session_id: id, cwd, ...fields })
    return this.#setting.tell({ event: HookEvent.make(hook, body), at: this.#wall() })
  }

  #later(session: Session, delay: number, what: () => void): void {
    this.#setting.loop.after(null, delay, () => {
      if (this.lives(session)) what()
    })
  }

  #wall(): number {
    const { host, loop } = this.#setting
    return host().wall(loop.now)
  }
}
