/**
 * The simple commands and functions of a script, in all of it or in the shell itself: what is in a subshell or in the
 * background runs in a process of its own, as do substitutions. Part of a pipeline runs in the shell itself in some.
 */
import type { Command, Script, Simple } from "./Syntax.ts"

const inside = (command: Command): ReadonlyArray<Script | Command> => {
  switch (command._tag) {
    case "Group":
    case "Subshell":
      return [command.body]
    case "If":
      return [
        ...command.branches.flatMap(({ body, condition }) => [condition, body]),
        ...(command.otherwise === null ? [] : [command.otherwise])
      ]
    case "Perhaps":
      return command.parts
    case "Define":
      return [command.body]
    case "Not":
    case "Background":
      return [command.command]
    case "Pipeline":
      return command.commands
    case "Chain":
      return [command.first, ...command.rest.map((link) => link.command)]
    case "Simple":
    case "Test":
      return []
  }
}

const isApart = ({ _tag }: Command): boolean => _tag === "Subshell" || _tag === "Background"

interface Found {
  readonly simples: Array<Simple>
  readonly functions: Array<string>
}

const search = (part: Script | Command, entersOthers: boolean, found: Found): void => {
  if ("_tag" in part) {
    if (part._tag === "Simple") found.simples.push(part)
    if (part._tag === "Define") found.functions.push(part.name)
    if (isApart(part) && !entersOthers) return
    for (const each of inside(part)) search(each, entersOthers, found)
  } else for (const each of part.commands) search(each, entersOthers, found)
}

/** All simple commands, and the names of all functions, wherever they stand; substitutions are left out. */
export const everywhere = (script: Script): Found => {
  const found: Found = { simples: [], functions: [] }
  search(script, true, found)
  return found
}

/** All simple commands, wherever they stand, in the order in which they are written. */
export const simpleCommands = (script: Script): ReadonlyArray<Simple> => everywhere(script).simples

/** The simple commands that run in the shell itself. */
export const here = (part: Script | Command): ReadonlyArray<Simple> => {
  const found: Found = { simples: [], functions: [] }
  search(part, false, found)
  return found.simples
}
