/** The tasks of a simulated fleet: what a batch file would say. */
import * as Spec from "../../../core/task/Spec.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import type { NewTask } from "../../../shell/store/Store.ts"
import * as Dice from "../../core/tick/simulation/Dice.ts"
import { tops } from "./git/Repositories.ts"
import { mainBranch } from "./git/Repository.ts"
import { heldByNobody, roles } from "./mail/Session.ts"
import { agentCommand, directories } from "./Programs.ts"

const directory = (dice: Dice.Dice): string => directories[dice.below(directories.length)] ?? "/work/a"

/** So many of a hundred land on a branch. */
const landing = 45

/** Where it is worked; what lands is worked apart. */
const place = (dice: Dice.Dice): Pick<Spec.Spec, "cwd" | "isolate" | "setup" | "target"> => {
  const top = tops[dice.below(tops.length)] ?? ""
  return {
    cwd: top,
    isolate: "worktree",
    target: { repository: `${top}/.git`, branch: mainBranch, prefix: "" },
    ...(dice.chance(0.2) ? { setup: ["install"] } : {})
  }
}

export const draw = (dice: Dice.Dice, number: number): NewTask => {
  const name = dice.pick(["ann", "bob", "bea"])
  const lands = dice.below(100) < landing
  const agent = (name: string) => ({
    name,
    // Conversations of the one can be gone on with, those of the other can not.
    kind: dice.chance(0.5) ? ("claude-code" as const) : ("command" as const),
    command: agentCommand,
    args: [],
    env: {},
    passEnv: [],
    model: null,
    ...(name === "bea" ? { account: "bob" } : {})
  })
  const before = Array.from({ length: number - 1 }, (_, index) => `task-${index + 1}`)
  const own = { ...agent(name), ...(dice.chance(0.1) ? { exclusive: true } : {}) }
  const others = lands && dice.chance(0.3) ? { qa: agent("cat"), merger: agent("bob") } : null
  const mailboxRole = !lands && dice.chance(0.6) ? dice.pick([...roles, heldByNobody]) : null
  // Others can not be held to ask; and a session of a person is held by nobody.
  const canAsk =
    mailboxRole === null && [own, ...Object.values(others ?? {})].every(({ kind }) => kind === "claude-code")
  return {
    spec: {
      name: `task-${number}`,
      prompt: "do it",
      agent: own,
      ...(others === null ? {} : { roleAgents: others }),
      mailboxRole,
      ...(canAsk && dice.chance(0.6) ? { approve: "manual" as const } : {}),
      model: null,
      maxRetries: dice.below(6),
      timeoutMin: 15,
      maxToolTurns: Spec.defaults.maxToolTurns,
      // Longer and shorter than what was seen is believed.
      inactivitySecs: dice.pick([300, 300, 720]),
      budgetUsd: dice.chance(0.2) ? 3 : null,
      priority: dice.below(3),
      ...(lands ? place(dice) : { cwd: directory(dice), isolate: "in-place" }),
      verify: Array.from({ length: dice.below(3) }, (_, index) => ({
        _tag: "Run" as const,
        command: `check ${index + 1}`,
        timeoutMin: 3
      }))
    },
    flow: {
      ...defaultFlow,
      start: dice.chance(0.9) ? "auto" : "manual",
      qa: dice.pick(lands ? ["server", "server", "server", "agent", "human"] : ["server", "server", "human"]),
      merge: lands ? "squash" : "none"
    },
    dependsOnNames: before.filter(() => dice.chance(0.3 / before.length)),
    dependsOnIds: [],
    upcoming: dice.chance(0.03),
    key: null
  }
}

/** Each by dice of its own. Those in `idle`, by number, are there and wait to be started by hand. */
export const drawAll = (dice: Dice.Dice, count: number, idle: ReadonlySet<number>): ReadonlyArray<NewTask> =>
  Array.from({ length: count }, (_, index) => {
    const task = draw(Dice.make(dice.throw()), index + 1)
    return idle.has(index + 1) ? { ...task, flow: { ...task.flow, start: "manual" } } : task
  })
