/**
 * What a shell line that ended with status 0 proves: which of its commands ran and ended with status 0 themselves.
 *
 * Only what is certain counts: of `a && b` both, of `a; b` and `a | b` the last, of `a || b` none, but of `a || exit 1`
 * the first. What a loop, a `case` or a function runs is not certain. A line that could be read in more than one way, or
 * that changes the meaning of its own words (an alias, a trap that may end the shell), proves nothing. It is taken for
 * granted that a sourced file or a variable's value does not end the shell, and that no name was redefined before.
 */
import * as Chunk from "effect/Chunk"
import { type Invocation, invocation, nameOf } from "./Invocation.ts"
import * as Level from "./Level.ts"
import { parse } from "./Parse.ts"
import { none, readOptions, type ShellOptions } from "./ShellOptions.ts"
import type { Branch, Command, Compound, Link, Script, Simple } from "./Syntax.ts"

type Proof = Chunk.Chunk<Invocation>

/** What one part of a line comes to. Null: it can not come to that. */
interface Reading {
  /** Succeeded for certain, if it ends with status 0 or the shell ends in it with status 0. */
  readonly zero: Proof | null
  /** Succeeded for certain, if the shell goes on after it, with whatever status. */
  readonly passed: Proof | null
  /** The shell may end in it with status 0. */
  readonly leaves: boolean
}

interface Setting extends ShellOptions {
  /** Something looks at the status here: `errexit` does nothing. */
  readonly isTested: boolean
  /** The names of the line's own functions. */
  readonly functions: ReadonlySet<string>
  /** How many shells within shells. */
  readonly depth: number
}

const maxDepth = 5

const nothing: Proof = Chunk.empty()
const unknown: Reading = { zero: nothing, passed: nothing, leaves: false }
/** It may be anything, `exit` too. */
const opaque: Reading = { ...unknown, leaves: true }
/** The shell ends in it, not with status 0. */
const never: Reading = { zero: null, passed: null, leaves: false }

const both = (a: Proof | null, b: Proof | null): Proof | null =>
  a === null || b === null ? null : Chunk.appendAll(a, b)

/** One of the two happened; what both have in common is nothing, for no command stands in two places. */
const either = (a: Proof | null, b: Proof | null): Proof | null => (a === null ? b : b === null ? a : nothing)

/** The calls that succeeded for certain when the line ended with status 0, in their order. */
export const succeeded = (line: string): ReadonlyArray<Invocation> => {
  const script = parse(line)
  const { zero } =
    script === null ? unknown : readShell(script, { ...none, isTested: false, functions: new Set(), depth: 0 })
  return Chunk.toReadonlyArray(zero ?? nothing)
}

/** A script that a line has as text; null where the text is not known, can not be read, or lies too deep. */
const parseInner = (text: string | null, { depth }: Setting): Script | null =>
  text === null || depth >= maxDepth ? null : parse(text)

const deeper = (setting: Setting): Setting => ({ ...setting, depth: setting.depth + 1 })

/** A script in a shell of its own. */
const readShell = (script: Script, setting: Setting): Reading => {
  const found = Level.everywhere(script)
  const inner = { ...setting, functions: new Set([...setting.functions, ...found.functions]) }
  return found.simples.some((simple) => isTrap(simple, inner)) ? opaque : readScript(script, inner)
}

/** Whether a command changes what the rest of the line means. */
const isTrap = (simple: Simple, setting: Setting): boolean => {
  const { words } = invocation(simple)
  switch (nameOf(words[0])) {
    case "alias":
      return words.length > 1
    case "set":
      return readOptions(words, none) === null
    case "trap": {
      const action = words[1]?.text === "--" ? words[2] : words[1]
      if (action === undefined) return false
      const script = parseInner(action.text, setting)
      return script === null || readShell(script, deeper(setting)).leaves || changesOptions(script)
    }
    default:
      return false
  }
}

const changers: ReadonlySet<string | null> = new Set([
  ".",
  "eval",
  "emulate",
  "set",
  "setopt",
  "shopt",
  "source",
  "unsetopt"
])

/** Whether the shell may have other options afterwards. A function that changes them may end the shell as well. */
const changesOptions = (part: Script | Command): boolean =>
  Level.here(part).some((simple) => changers.has(nameOf(invocation(simple).words[0])))

/** The setting for what comes after a command that was run. */
const after = (command: Command, setting: Setting): Setting => {
  const words = command._tag === "Simple" ? invocation(command).words : []
  const given = nameOf(words[0]) === "set" ? readOptions(words, setting) : null
  if (given !== null) return { ...setting, ...given.options }
  return changesOptions(command) ? { ...setting, ...none } : setting
}

const readScript = ({ commands }: Script, initial: Setting): Reading => {
  let setting = initial
  let certain = nothing
  let leaves = false
  // What is proved by each way in which the script can end with status 0, and by the first of them alone.
  let ways: ReadonlyArray<Proof> = commands.length === 0 ? [nothing] : []
  let common = nothing
  for (const [index, command] of commands.entries()) {
    const reading = read(command, setting)
    const zero = reading.leaves || index === commands.length - 1 ? both(certain, reading.zero) : null
    if (zero !== null) {
      if (ways.length === 0) common = certain
      ways = [...ways.slice(-1), zero]
    }
    leaves ||= reading.leaves
    if (reading.passed === null) return { zero: endOf(ways, common), passed: null, leaves }
    certain = Chunk.appendAll(certain, reading.passed)
    setting = after(command, setting)
  }
  return { zero: endOf(ways, common), passed: certain, leaves }
}

const endOf = (ways: ReadonlyArray<Proof>, common: Proof): Proof | null =>
  ways.length > 1 ? common : (ways[0] ?? null)

/** Whether a failure ends the shell. */
const isStrict = ({ errexit, isTested }: Setting): boolean => errexit && !isTested

/** What ends with a status of its own, and never ends the shell but by `errexit`. */
const ended = (zero: Proof | null, setting: Setting): Reading => ({
  zero,
  passed: isStrict(setting) ? zero : nothing,
  leaves: false
})

const read = (command: Command, setting: Setting): Reading => {
  switch (command._tag) {
    case "Simple":
      return readSimple(command, setting)
    case "Not": {
      const { leaves, passed, zero } = read(command.command, { ...setting, isTested: true })
      return { zero: passed === null ? zero : nothing, passed, leaves }
    }
    case "Pipeline": {
      const readings = command.commands.map((each) => read(each, setting))
      /* v8 ignore next -- @preserve A pipeline has at least two commands. */
      const last = readings.at(-1) ?? unknown
      const zero = setting.pipefail
        ? readings.reduce((all: Proof | null, each) => both(all, each.zero), nothing)
        : last.zero
      // Some shells run the last command of a pipeline themselves.
      return last.leaves ? opaque : ended(zero, setting)
    }
    case "Chain":
      return readChain(command.first, command.rest, { ...setting, isTested: true })
    case "Background":
    case "Define":
      return unknown
    default: {
      const reading = readCompound(command, setting)
      return command.isRedirected ? { ...reading, passed: nothing } : reading
    }
  }
}

const readCompound = (compound: Compound, setting: Setting): Reading => {
  switch (compound._tag) {
    case "Group":
      return readScript(compound.body, setting)
    case "Subshell":
      return ended(readScript(compound.body, setting).zero, setting)
    case "If":
      return readIf(compound.branches, compound.otherwise, changesOptions(compound) ? { ...setting, ...none } : setting)
    case "Perhaps":
      return { ...unknown, leaves: compound.parts.some((part) => readScript(part, setting).leaves) }
    case "Test":
      return unknown
  }
}

const readIf = (branches: ReadonlyArray<Branch>, otherwise: Script | null, setting: Setting): Reading => {
  const last = otherwise === null ? unknown : readScript(otherwise, setting)
  let { leaves, passed, zero } = last
  for (const branch of branches) {
    const condition = readScript(branch.condition, { ...setting, isTested: true })
    const body = readScript(branch.body, setting)
    zero = condition.leaves ? nothing : either(zero, both(condition.zero, body.zero))
    passed = either(passed, both(condition.zero, body.passed))
    leaves ||= condition.leaves || body.leaves
  }
  return { zero, passed, leaves }
}

const readChain = (first: Command, rest: ReadonlyArray<Link>, initial: Setting): Reading => {
  let setting = initial
  let last: Link = { operator: "&&", command: first }
  let { leaves, passed, zero } = read(first, setting)
  for (const link of rest) {
    if (passed === null) break
    const { command, operator } = link
    // Only after two `&&` in a row is it certain that the command before this one has run.
    if (operator === "&&" && last.operator === "&&") setting = after(last.command, setting)
    else if (changesOptions(last.command)) setting = { ...setting, ...none }
    const next = operator === "||" && isBareExit(command) ? never : read(command, setting)
    if (operator === "||") {
      passed = either(zero, next.passed)
      zero = either(zero, next.zero)
    } else {
      passed = nothing
      // Where the shell may have ended before, only what came before is certain.
      if (!leaves) zero = both(zero, next.zero)
    }
    leaves ||= next.leaves
    last = link
  }
  return { zero, passed, leaves }
}

const readSimple = (simple: Simple, setting: Setting): Reading => {
  const call = invocation(simple)
  const name = nameOf(call.words[0])
  if ([...call.behind, name].some((each) => each !== null && setting.functions.has(each))) return opaque
  const reading = readCall(simple, call, name, setting)
  // A redirection that fails keeps the command from running.
  return simple.isRedirected && !isStrict(setting) ? { ...reading, passed: nothing } : reading
}

const readCall = (simple: Simple, call: Invocation, name: string | null, setting: Setting): Reading => {
  const { behind, words } = call
  if (behind[0] === "exec") return { zero: Chunk.of(call), passed: null, leaves: true }
  switch (name) {
    case "exec":
    case "exit":
    case "return": {
      // Behind another program there is no such builtin, and some shells have `time` built in.
      if (behind.some((each) => each !== "command")) return opaque
      // With nothing but redirections it changes those of the shell.
      if (name === "exec") return words.length === 1 ? unknown : opaque
      const status = words[1]?.text ?? ""
      const isFailure = /^[0-9]{1,9}$/.test(status) && Number(status) % 256 !== 0
      return isFailure ? never : { zero: nothing, passed: null, leaves: true }
    }
    case "false":
      return ended(null, setting)
    case "eval": {
      const texts = words.slice(1).map(({ text }) => text)
      const script = parseInner(texts.includes(null) ? null : texts.join(" "), setting)
      if (script === null) return opaque
      const { zero } = readShell(script, deeper(setting))
      return { zero, passed: nothing, leaves: zero !== null }
    }
    case "ash":
    case "bash":
    case "dash":
    case "ksh":
    case "sh":
    case "zsh":
      return ended(both(Chunk.of(call), readShellCall(call, setting)), setting)
    case null:
      if (words.length === 0) return ended(readAssignments(simple, setting), setting)
  }
  return ended(Chunk.of(call), setting)
}

/** What an assignment proves: its status is that of the only thing it runs. */
const readAssignments = ({ assignments, isRedirected }: Simple, setting: Setting): Proof | null => {
  const scripts = assignments.flatMap((word): ReadonlyArray<Script | null> => word.scripts ?? [null])
  const [script] = scripts
  if (isRedirected || scripts.length !== 1 || script === undefined || script === null) return nothing
  return readShell(script, { ...setting, errexit: false }).zero
}

/** `sh -c …`: what its script proves. */
const readShellCall = ({ words }: Invocation, setting: Setting): Proof | null => {
  const given = readOptions(words, none, "cil")
  if (given === null || !given.letters.includes("c")) return nothing
  const script = parseInner(words[given.next]?.text ?? null, setting)
  return script === null ? nothing : readShell(script, { ...deeper(setting), ...given.options, isTested: false }).zero
}

/** `exit` with the status of what came before it. */
const isBareExit = (command: Command): boolean =>
  command._tag === "Simple" && command.words.length === 1 && command.words[0]?.text === "exit" && !command.isRedirected
