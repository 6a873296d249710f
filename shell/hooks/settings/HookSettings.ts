/**
 * The settings of Claude Code (`settings.json`) and Codex (`hooks.json`): JSON texts in which `hooks.NAME` is a list of
 * groups, each with a list of `hooks`. Every function is from text to text; what it adds it can take out again to the
 * byte, so nothing but drover's own entries ever changes.
 *
 * Whose a list or an object is that holds nothing but drover's entries is told by its first byte: in one that was there
 * before and was empty they begin right behind the bracket, and in one that drover made white space comes first.
 */
import * as Either from "effect/Either"
import { applyEdits, type Edit, type Node, type ParseError, parseTree } from "jsonc-parser"
import { group, type Handler, isOwn, programOf } from "../../../core/hook/VendorHooks.ts"
import { styleOf, type Style } from "./Style.ts"

/** The handlers that are wanted, by the names of their hooks. */
export type Wanted = ReadonlyMap<string, Handler>

/** Why a text is left alone, for a person, who is told of which file before it. */
export type Problem = string

export type Standing = "installed" | "absent" | "stale"

/** A list or an object with something in it. */
type Container = Node & { readonly children: ReadonlyArray<Node> }

const isContainer = (node: Node | undefined, type: "array" | "object"): node is Container => node?.type === type

const endOf = (node: Node): number => node.offset + node.length

/** The properties with that key. */
const properties = (object: Container, key: string): ReadonlyArray<Node> =>
  object.children.filter(({ children }) => children?.[0]?.value === key)

const keyOf = (property: Node): unknown => property.children?.[0]?.value

/** The value of a property; of those with the same key the last one, as JSON.parse has it. */
const valueAt = (object: Container, key: string): Node | undefined => properties(object, key).at(-1)?.children?.[1]

const parse = (text: string): Either.Either<Container, Problem> => {
  const errors: Array<ParseError> = []
  let root: Node | undefined
  try {
    root = parseTree(text, errors, { disallowComments: true })
  } catch {
    // Nested more deeply than the stack is high.
    return Either.left("is nested too deeply")
  }
  if (errors.length > 0 || root === undefined) return Either.left("is no JSON")
  return isContainer(root, "object") ? Either.right(root) : Either.left("is JSON, but no object")
}

interface OwnHandler {
  readonly name: string
  readonly node: Node
  readonly command: string
  readonly timeout: unknown
}

/** A group with entries of drover in it. */
interface Group {
  readonly node: Node
  readonly handlers: Container
  readonly own: ReadonlyArray<OwnHandler>
}

interface HookList {
  readonly property: Node
  readonly groups: Container
  readonly withOwn: ReadonlyArray<Group>
}

const groupOf = (name: string, node: Node): ReadonlyArray<Group> => {
  const handlers = isContainer(node, "object") ? valueAt(node, "hooks") : undefined
  if (!isContainer(handlers, "array")) return []
  const own = handlers.children.flatMap((each): ReadonlyArray<OwnHandler> => {
    if (!isContainer(each, "object")) return []
    const command: unknown = valueAt(each, "command")?.value
    const isOurs = typeof command === "string" && isOwn(command)
    return isOurs ? [{ name, node: each, command, timeout: valueAt(each, "timeout")?.value }] : []
  })
  return own.length === 0 ? [] : [{ node, handlers, own }]
}

/** The lists of an object `hooks`, whatever else it holds. */
const listsOf = (hooks: Container): ReadonlyArray<HookList> =>
  hooks.children.flatMap((property) => {
    const name = String(keyOf(property))
    const groups = property.children?.[1]
    if (!isContainer(groups, "array")) return []
    return [{ property, groups, withOwn: groups.children.flatMap((node) => groupOf(name, node)) }]
  })

/** A container without some of its children: edits, or that all of it goes. */
type Cut = { readonly _tag: "Edits"; readonly edits: ReadonlyArray<Edit> } | { readonly _tag: "Whole" }

const remove = (from: number, to: number): Edit => ({ offset: from, length: to - from, content: "" })

/** Takes the children out with the comma that came with each. */
const cut = (container: Container, children: ReadonlySet<Node>): Cut => {
  const all = container.children
  const [first] = all
  if (first === undefined || children.size === 0) return { _tag: "Edits", edits: [] }
  const last = all.at(-1) ?? first
  if (children.size === all.length) {
    return first.offset === container.offset + 1
      ? { _tag: "Edits", edits: [remove(first.offset, endOf(last))] }
      : { _tag: "Whole" }
  }
  const kept = all.findIndex((child) => !children.has(child))
  const front = all[kept] ?? last
  const edits = kept === 0 ? [] : [remove(first.offset, front.offset)]
  for (let index = kept + 1; index < all.length; index++) {
    const [before, child] = [all[index - 1], all[index]]
    if (before !== undefined && child !== undefined && children.has(child)) {
      edits.push(remove(endOf(before), endOf(child)))
    }
  }
  return { _tag: "Edits", edits }
}

const cutList = ({ groups, withOwn }: HookList): Cut => {
  const isAllOwn = ({ handlers, own }: Group): boolean => own.length === handlers.children.length
  const list = cut(groups, new Set(withOwn.filter(isAllOwn).map(({ node }) => node)))
  if (list._tag === "Whole") return list
  const within = withOwn.filter((group) => !isAllOwn(group)).map((group) => cut(group.handlers, nodesOf(group)))
  return { _tag: "Edits", edits: [...list.edits, ...within.flatMap(editsOf)] }
}

const nodesOf = ({ own }: Group): ReadonlySet<Node> => new Set(own.map(({ node }) => node))

const editsOf = (cut: Cut): ReadonlyArray<Edit> => (cut._tag === "Edits" ? cut.edits : [])

const cutHooks = (hooks: Container): Cut => {
  const cuts = listsOf(hooks).map((list) => ({ property: list.property, cut: cutList(list) }))
  const whole = new Set(cuts.filter(({ cut }) => cut._tag === "Whole").map(({ property }) => property))
  const outer = cut(hooks, whole)
  return outer._tag === "Whole"
    ? outer
    : { _tag: "Edits", edits: [...outer.edits, ...cuts.flatMap(({ cut }) => editsOf(cut))] }
}

const cutRoot = (root: Container): Cut => {
  const property = properties(root, "hooks").at(-1)
  const hooks = property?.children?.[1]
  if (property === undefined || !isContainer(hooks, "object")) return { _tag: "Edits", edits: [] }
  const inner = cutHooks(hooks)
  return inner._tag === "Whole" ? cut(root, new Set([property])) : inner
}

/** The text without drover's entries; null when nothing else was ever in the file. */
export const uninstall = (text: string): Either.Either<string | null, Problem> =>
  Either.map(parse(text), (root) => {
    const cut = cutRoot(root)
    return cut._tag === "Whole" ? null : applyEdits(text, [...cut.edits])
  })

/** Puts items, as they are written at their depth, behind those that are there. */
const append = (
  text: string,
  container: Container,
  depth: number,
  style: Style,
  items: ReadonlyArray<string>
): ReadonlyArray<Edit> => {
  if (items.length === 0) return []
  const last = container.children.at(-1)
  if (last === undefined) {
    return [{ offset: container.offset + 1, length: 0, content: items.join(`,${style.lineBreak(depth)}`) }]
  }
  const before = text.slice(0, last.offset)
  const space = before.slice(before.trimEnd().length)
  return [{ offset: endOf(last), length: 0, content: items.map((item) => `,${space}${item}`).join("") }]
}

const asObject = (wanted: Wanted): object =>
  Object.fromEntries([...wanted].map(([name, handler]) => [name, [group(handler)]]))

const member = (key: string, value: object, depth: number, style: Style): string =>
  `${JSON.stringify(key)}: ${style.write(value, depth)}`

const additions = (text: string, root: Container, wanted: Wanted): Either.Either<ReadonlyArray<Edit>, Problem> => {
  const style = styleOf(text, root)
  if (properties(root, "hooks").length > 1) return Either.left(`has the key "hooks" twice`)
  const hooks = valueAt(root, "hooks")
  if (hooks === undefined)
    return Either.right(append(text, root, 1, style, [member("hooks", asObject(wanted), 1, style)]))
  if (!isContainer(hooks, "object")) return Either.left(`has "hooks" that are no object`)
  const edits: Array<Edit> = []
  const missing: Array<string> = []
  for (const [name, handler] of wanted) {
    const list = valueAt(hooks, name)
    if (properties(hooks, name).length > 1) return Either.left(`has the key "${name}" twice in "hooks"`)
    if (list === undefined) missing.push(member(name, [group(handler)], 2, style))
    else if (!isContainer(list, "array")) return Either.left(`has "hooks.${name}" that is no list`)
    else edits.push(...append(text, list, 3, style, [style.write(group(handler), 3)]))
  }
  return Either.right([...edits, ...append(text, hooks, 2, style, missing)])
}

const ownOf = (root: Container): ReadonlyArray<OwnHandler> => {
  const hooks = valueAt(root, "hooks")
  return isContainer(hooks, "object")
    ? listsOf(hooks).flatMap(({ withOwn }) => withOwn.flatMap((group) => group.own))
    : []
}

/** What the entries of drover's run, each once: of another state directory it is another program. */
export const programs = (text: string): Either.Either<ReadonlyArray<string>, Problem> =>
  Either.map(parse(text), (root) => [...new Set(ownOf(root).flatMap(({ command }) => programOf(command) ?? []))])

const standingOf = (root: Container, wanted: Wanted): Standing => {
  const own = ownOf(root)
  if (own.length === 0) return "absent"
  const isWanted = ({ command, name, timeout }: OwnHandler): boolean =>
    wanted.get(name)?.command === command && wanted.get(name)?.timeout === timeout
  const found = new Set(own.map(({ name }) => name))
  return own.every(isWanted) && found.size === own.length && found.size === wanted.size ? "installed" : "stale"
}

/** How the entries stand; null is the text of a file that is not there. */
export const standing = (text: string | null, wanted: Wanted): Either.Either<Standing, Problem> =>
  text === null ? Either.right("absent") : Either.map(parse(text), (root) => standingOf(root, wanted))

const fresh = (wanted: Wanted): string => {
  const style = styleOf("", null)
  return `${style.write({ hooks: asObject(wanted) }, 0)}${style.lineBreak(0)}`
}

/** The text with one entry of drover for each hook; those of an older drover or another state directory are replaced. */
export const install = (text: string | null, wanted: Wanted): Either.Either<string, Problem> =>
  Either.gen(function* () {
    if (text === null) return fresh(wanted)
    if ((yield* standing(text, wanted)) === "installed") return text
    const without = yield* uninstall(text)
    if (without === null) return fresh(wanted)
    return applyEdits(without, [...(yield* additions(without, yield* parse(without), wanted))])
  })
