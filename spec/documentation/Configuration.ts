/** docs/configuration.md: every key of the three files that a person writes, from the schemas by which they are read. */
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { noHealing } from "../../core/ownership/Classify.ts"
import * as Retention from "../../core/retention/Retention.ts"
import * as Flow from "../../core/task/Flow.ts"
import * as Spec from "../../core/task/Spec.ts"
import * as Verifier from "../../core/verify/Verifier.ts"
import * as Configuration from "../../shell/config/Configuration.ts"
import * as RepositoryPolicy from "../../shell/config/RepositoryPolicy.ts"
import { TaskFileSchema } from "../../shell/config/TaskFile.ts"
import { declarations, switchOf } from "../../shell/guards/Declarations.ts"
import { anchor, document, plain, table } from "./Markdown.ts"

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const { claims, hooks, policy } = Configuration.defaults

/** What holds where nothing is said, by table and key; what is not here holds nothing, or its words say it. */
const defaults: { readonly [table: string]: { readonly [key: string]: unknown } } = {
  policy: Object.fromEntries(
    Object.entries(policy).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value
    ])
  ),
  retention: {
    attempts_days: Retention.defaults.attemptsMs / dayMs,
    logs_days: Retention.defaults.logsMs / dayMs,
    logs_bytes: Retention.defaults.logsBytes,
    hook_events_days: Retention.defaults.hookEventsMs / dayMs,
    hook_events: Retention.defaults.hookEvents
  },
  ownership: { auto_heal: noHealing.autoHeal, dry_run: noHealing.dryRun },
  hooks: { ...hooks },
  action_claim: {
    enabled: claims.isEnabled,
    nudge: claims.policy.nudges,
    per_topic_cap: claims.policy.perTopicCap,
    expiry_min: claims.policy.expiryMs / minuteMs,
    nudge_grace_min: claims.policy.nudgeGraceMs / minuteMs
  },
  attention: { desktop: Configuration.defaults.attention.desktop, bell: Configuration.defaults.attention.bell },
  task: {
    agent: Spec.defaults.agent,
    max_retries: Spec.defaults.maxRetries,
    timeout_min: Spec.defaults.timeoutMin,
    max_tool_turns: Spec.defaults.maxToolTurns,
    inactivity_secs: Spec.defaults.inactivitySecs,
    priority: Spec.defaults.priority,
    isolate: Spec.defaults.isolate,
    approve: "inherit",
    ...Flow.defaultFlow
  },
  "task.verify": { timeout_min: Verifier.defaultTimeoutMin },
  verify: { timeout_min: Verifier.defaultTimeoutMin }
}

/** What Markdown would take for more than text made harmless, but for code. */
const prose = (text: string): string =>
  text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? plain(part) : part.replaceAll("|", String.raw`\|`)))
    .join("`")

const described = (annotated: AST.Annotated): string | null => Option.getOrNull(AST.getDescriptionAnnotation(annotated))

/** As a file has it: names as they are written, before anything is made of them. */
const written = (ast: AST.AST): AST.AST =>
  AST.isTransformation(ast) || AST.isRefinement(ast) ? written(ast.from) : ast

const literals = (ast: AST.AST): ReadonlyArray<string> =>
  AST.isUnion(ast) ? ast.types.flatMap(literals) : AST.isLiteral(ast) ? [`\`${JSON.stringify(ast.literal)}\``] : []

/** Of an array of tables, what one of them is. */
const itemOf = (ast: AST.AST): AST.AST | null => {
  const inner = written(ast)
  return AST.isTupleType(inner) ? (inner.rest[0]?.type ?? null) : null
}

/** Which value a key has, in words. */
const value = (ast: AST.AST): string => {
  const choices = literals(ast)
  if (choices.length > 0) return choices.join(", ")
  const item = itemOf(ast)
  const own = AST.isBooleanKeyword(ast) || AST.isStringKeyword(ast) ? null : described(ast)
  if (own !== null) return prose(own)
  if (item !== null) return `a list; each ${value(item)}`
  if (AST.isRefinement(ast) || AST.isTransformation(ast)) return value(ast.from)
  if (AST.isBooleanKeyword(ast)) return "true or false"
  if (AST.isTypeLiteral(ast) && ast.indexSignatures[0] !== undefined) {
    return `a table: ${value(ast.indexSignatures[0].parameter)}, then ${value(ast.indexSignatures[0].type)}`
  }
  return "a text"
}

interface Section {
  /** `[policy]`, `[[task.verify]]`. */
  readonly title: string
  readonly blocks: ReadonlyArray<string>
}

const isTable = (ast: AST.AST): boolean => {
  const inner = written(ast)
  return AST.isTypeLiteral(inner) && inner.propertySignatures.length > 0
}

/** Tables that have been shown, by what they are: one that is met again is not shown again. */
type Shown = Map<AST.AST, string>

const sectionsOf = (
  path: string,
  ast: AST.AST,
  about: string,
  isList: boolean,
  shown: Shown
): ReadonlyArray<Section> => {
  const title = isList ? `[[${path}]]` : `[${path}]`
  const known = shown.get(ast)
  if (known !== undefined) {
    return [{ title, blocks: [prose(about), `It has the keys of [\`${known}\`](${anchor(known)}).`] }]
  }
  const inner = written(ast)
  if (!AST.isTypeLiteral(inner)) return []
  const [index] = inner.indexSignatures
  if (index !== undefined) {
    if (isTable(index.type)) return sectionsOf(`${path}.NAME`, index.type, about, false, shown)
    return [{ title, blocks: [prose(about), `Each key has ${value(index.type)}.`] }]
  }
  shown.set(ast, title)
  const keys = inner.propertySignatures.map((signature) => ({
    name: String(signature.name),
    type: signature.type,
    isOptional: signature.isOptional,
    meaning: described(signature) ?? ""
  }))
  const tables = keys.filter(({ type }) => {
    const item = itemOf(type)
    const record = written(type)
    return isTable(item ?? type) || (AST.isTypeLiteral(record) && path === "" && record.indexSignatures.length > 0)
  })
  const plainKeys = keys.filter((key) => !tables.includes(key))
  const own = defaults[path] ?? {}
  const rows = plainKeys.map(({ isOptional, meaning, name, type }) => [
    `\`${name}\``,
    value(type),
    own[name] === undefined ? (isOptional ? "" : "it is needed") : `\`${JSON.stringify(own[name])}\``,
    prose(meaning)
  ])
  const isUniform = tables.length > 1 && new Set(tables.map(({ type }) => type)).size === 1
  const [first] = tables
  const below = tables.flatMap(({ meaning, name, type }) =>
    sectionsOf(path === "" ? name : `${path}.${name}`, itemOf(type) ?? type, meaning, itemOf(type) !== null, shown)
  )
  if (isUniform && first !== undefined) {
    const names = tables.map(({ meaning, name }) => [`\`${name}\``, prose(meaning)])
    return sectionsOf(`${path}.NAME`, first.type, about, false, new Map()).map((section) => ({
      ...section,
      blocks: [...section.blocks, table(["NAME", ""], names)]
    }))
  }
  const keysTable = rows.length === 0 ? "" : table(["key", "value", "if nothing is said", ""], rows)
  return path === "" ? below : [{ title, blocks: [prose(about), keysTable] }, ...below]
}

/** Those that a person may turn off there. */
const switches = declarations.flatMap((each) =>
  each.kind === "config" && each.configPath === switchOf(each.key) ? [`\`${each.key}\``] : []
)

/** What is to be said of a table beside its keys. */
const notes: { readonly [title: string]: string } = {
  "[guards.NAME]": `Only ${switches.join(", ")} can be turned off, with all four keys; [operations.md](operations.md) says what each guard does.`,
  "[policy]": "Times are in milliseconds. What runs takes them up when the supervisor is started again."
}

export interface File {
  readonly heading: string
  readonly about: string
  readonly schema: Schema.Schema.Any
}

export const files: ReadonlyArray<File> = [
  {
    heading: "The user's file",
    about:
      "`~/.config/drover/config.toml`, or what `DROVER_CONFIG` names: how your fleet is run. Without it everything holds that is said below to hold if nothing is said.",
    schema: Configuration.UserFile
  },
  {
    heading: "A task file",
    about:
      "`tasks.toml`, or whatever `drover run` is given: the work. [README](../README.md#a-task-file) has one with every key. A path in it is relative to its folder.",
    schema: TaskFileSchema
  },
  {
    heading: "A repository's file",
    about: `\`${RepositoryPolicy.fileName}\` at the top of a Git repository: what holds for every task in it. It makes tasks stricter, and never looser.`,
    schema: RepositoryPolicy.RepositoryFile
  }
]

export const render = (): string => {
  const shown: Shown = new Map()
  return document([
    "# Configuration",
    `The files are TOML. A key that nobody knows, and a value that does not fit, is refused with its line and with the key that may be
meant; \`drover validate FILE\` and \`drover doctor\` say so without doing anything. A key may be left out
where nothing else is said; the \`name\` and the \`prompt\` of a task are needed, there or in \`[defaults]\`. This page is made from the schemas by \`npm run docs\`.`,
    ...files.flatMap(({ about, heading, schema }) => [
      `## ${heading}`,
      about,
      ...sectionsOf("", schema.ast, "", false, shown).flatMap(({ blocks, title }) => [
        `### ${title}`,
        ...blocks.map((block, index) => (index === 0 && block !== "" && !block.startsWith("|") ? `${block}.` : block)),
        notes[title] ?? ""
      ])
    ])
  ])
}
