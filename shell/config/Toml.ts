/**
 * TOML files decoded by a schema: a document or a list of every problem, each with its line, and never a throw.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { parse as parseToml, TomlError } from "smol-toml"
import { startOf } from "../../core/agent/Excerpt.ts"
import { redact } from "../../core/hook/Redaction.ts"
import { isSecretName } from "../../core/hook/SecretName.ts"
import * as SmallFile from "../process/SmallFile.ts"
import { ConfigInvalid, type ConfigProblem, ConfigUnreadable } from "./ConfigProblem.ts"
import { type Path, scan } from "./KeyPositions.ts"
import { nearest } from "./Nearest.ts"

export interface Document {
  readonly file: string
  readonly data: unknown
  /** Of a key, or of what is around it; null where there is no text to point into. */
  readonly place: (path: Path) => { readonly line: number | null; readonly column: number | null }
}

/** The text as data; the first violation of TOML is the only one that can be told. */
export const parse = (file: string, text: string): Either.Either<Document, ConfigInvalid> =>
  Either.try({
    try: () => ({ file, data: parseToml(text, { unsafeKeyBehaviour: "throw" }), place: scan(text).nearest }),
    catch: (cause) => {
      const at = cause instanceof TomlError ? cause : { line: 1, column: 1, message: String(cause) }
      const first = at.message.split("\n")[0] ?? ""
      const message = `not TOML: ${first.replace("Invalid TOML document: ", "")}`
      const place = { file, line: at.line, column: at.column, key: "" }
      return new ConfigInvalid({ file, problems: [{ kind: "Syntax", ...place, message, suggestion: null }] })
    }
  })

const notUtf8 = (file: string, bytes: Uint8Array): ConfigInvalid => {
  const strict = new TextDecoder("utf-8", { fatal: true })
  const isValid = (line: Uint8Array): boolean => {
    try {
      strict.decode(line)
      return true
    } catch {
      return false
    }
  }
  let line = 1
  // The byte of an end of line is no part of any longer sequence, so each line stands by itself.
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
    if (!isValid(bytes.subarray(start, end))) break
    line++
  }
  const place = { file, line, column: null, key: "" }
  return new ConfigInvalid({
    file,
    problems: [{ kind: "Syntax", ...place, message: "not TOML: this line is not UTF-8", suggestion: null }]
  })
}

const decodeText = (file: string, bytes: Uint8Array): Either.Either<Document, ConfigInvalid> =>
  Either.flatMap(
    Either.try({
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      catch: () => notUtf8(file, bytes)
    }),
    (text) => parse(file, text)
  )

/** Bytes of a file that a person did not name. */
const longest = 1024 * 1024

/** Reads and parses a plain file of at most 1 MiB: whatever is in its place is not waited for. */
export const readPlain = (file: string): Effect.Effect<Document, ConfigInvalid | ConfigUnreadable> =>
  Effect.gen(function* () {
    const bytes = yield* Effect.try({
      try: () => SmallFile.readBytes(file, longest),
      catch: (cause) => new ConfigUnreadable({ file, reason: "Other", cause })
    })
    if (bytes === undefined) return yield* new ConfigUnreadable({ file, reason: "Missing", cause: "there is none" })
    return yield* decodeText(file, bytes)
  })

/** Reads and parses a file that a person named: a pipe is read to its end. */
export const read = (file: string): Effect.Effect<Document, ConfigInvalid | ConfigUnreadable, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const bytes = yield* Effect.mapError(fileSystem.readFile(file), (cause) => {
      const isMissing = cause._tag === "SystemError" && cause.reason === "NotFound"
      return new ConfigUnreadable({ file, reason: isMissing ? "Missing" : "Other", cause })
    })
    return yield* decodeText(file, bytes)
  })

/** `task[0].verify[1].run`; a key that is not bare is quoted. */
export const keyText = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`
      const name = startOf(part, keyLength)
      const word = /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)
      return index === 0 ? word : `.${word}`
    })
    .join("")

/** Characters of a message, and of a key in one: a file may hold anything at any length. */
const messageLength = 1000
const keyLength = 100

/** A message may end up in a log: what looks like a secret is not said. */
const told = (text: string, length: number): string => startOf(redact(startOf(text, 4 * length)), length)

/** A problem at a key of a document, or at what is around it where the key itself is not in the text. */
export const problem = (
  document: Document,
  kind: ConfigProblem["kind"],
  path: Path,
  message: string,
  suggestion: string | null = null
): ConfigProblem => {
  const place = { file: document.file, ...document.place(path), key: told(keyText(path), messageLength) }
  return { kind, ...place, message: told(message, messageLength), suggestion }
}

/** A parsed value at a path; undefined where there is none. */
export const valueAt = (data: unknown, path: Path): unknown => {
  let value = data
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

const types: Readonly<Record<string, string>> = { string: "a text", boolean: "true or false" }

/** Whether its name says that it is nobody else's business. */
const isPrivate = (path: Path): boolean =>
  path.some((part) => typeof part === "string" && (part === "env" || isSecretName(part)))

/** What a person calls a value: itself where it is short, else its type. */
const show = (value: unknown, path: Path): string => {
  if (Array.isArray(value)) return "a list"
  if (value instanceof Date) return "a date"
  if (typeof value === "object") return "a table"
  if (isPrivate(path)) return types[typeof value] ?? "a number"
  return startOf(typeof value === "string" ? JSON.stringify(startOf(value, 60)) : String(value), 60)
}

/** Below refinements and renamings: the type as it stands in the file. */
const bare = (ast: AST.AST): AST.AST =>
  AST.isRefinement(ast) || AST.isTransformation(ast) ? bare(ast.from) : AST.isSuspend(ast) ? bare(ast.f()) : ast

/** The type that a path leads to; null where the schema knows no such key. */
const typeAt = (ast: AST.AST, path: Path): AST.AST | null => {
  const [part, ...rest] = path
  if (part === undefined) return ast
  const type = bare(ast)
  if (AST.isTupleType(type)) {
    const item = type.elements[Number(part)]?.type ?? type.rest[0]?.type
    return item === undefined ? null : typeAt(item, rest)
  }
  if (!AST.isTypeLiteral(type)) return null
  const known =
    type.propertySignatures.find((property) => property.name === part)?.type ?? type.indexSignatures[0]?.type
  return known === undefined ? null : typeAt(known, rest)
}

/** The words of a choice; none for any other type. */
const words = (ast: AST.AST): ReadonlyArray<string> => {
  const type = bare(ast)
  const members = AST.isUnion(type) ? type.types : [type]
  return members.flatMap((member) => (AST.isLiteral(member) ? [String(member.literal)] : []))
}

const quoted = (all: ReadonlyArray<string>): string => all.map((word) => JSON.stringify(word)).join(", ")

const expectation = (ast: AST.AST): string => {
  const choice = words(ast)
  if (choice.length > 0) return choice.length === 1 ? quoted(choice) : `one of ${quoted(choice)}`
  const type = bare(ast)
  if (AST.isTypeLiteral(type)) return "a table"
  if (AST.isTupleType(type)) return "a list"
  return AST.getDescriptionAnnotation(ast).pipe((found) => (found._tag === "Some" ? found.value : String(ast)))
}

const unknownKey = (ast: AST.AST, document: Document, path: Path): ConfigProblem => {
  const parent = typeAt(ast, path.slice(0, -1))
  const type = parent === null ? null : bare(parent)
  const key = startOf(String(path.at(-1)), keyLength)
  const names = type !== null && AST.isTypeLiteral(type) ? type.indexSignatures[0]?.parameter : undefined
  if (names !== undefined) {
    return problem(document, "Key", path, `${JSON.stringify(key)} is not ${expectation(names)}`)
  }
  const valid = type !== null && AST.isTypeLiteral(type) ? type.propertySignatures.map((each) => String(each.name)) : []
  const meant = nearest(key, valid)
  const list = meant === null ? ` (valid here: ${valid.join(", ")})` : ""
  return problem(document, "Key", path, `unknown key ${JSON.stringify(key)}${list}`, meant)
}

const explain = (ast: AST.AST, document: Document, issue: ParseResult.ArrayFormatterIssue): ConfigProblem => {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))
  if (issue._tag === "Unexpected") return unknownKey(ast, document, path)
  const type = typeAt(ast, path)
  const value = valueAt(document.data, path)
  const expected = type === null ? issue.message : expectation(type)
  const key = String(path.findLast((part) => typeof part === "string") ?? "")
  if (value === undefined) {
    return problem(document, "Key", path, `missing key ${JSON.stringify(key)}: ${expected} is needed`)
  }
  const meant = typeof value === "string" && type !== null ? nearest(value, words(type)) : null
  return problem(document, "Value", path, `${key}: expected ${expected}, got ${show(value, path)}`, meant)
}

/** Decodes a whole document: unknown keys, missing keys and wrong values are all told at once. */
export const decode = <A, I>(
  schema: Schema.Schema<A, I>,
  document: Document
): Either.Either<A, ReadonlyArray<ConfigProblem>> =>
  Either.mapLeft(
    Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(document.data),
    (error) => {
      const problems = new Map<string, ConfigProblem>()
      for (const issue of ParseResult.ArrayFormatter.formatErrorSync(error)) {
        const key = JSON.stringify(issue.path)
        // A choice fails once per word.
        if (!problems.has(key)) problems.set(key, explain(schema.ast, document, issue))
      }
      return [...problems.values()]
    }
  )
