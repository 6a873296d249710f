/** A path, a query or a header that is not understood: the library's words for it, with what was probably meant. */
import type { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import { nearest } from "../config/Nearest.ts"
import * as Toml from "../config/Toml.ts"
import type * as Problem from "./api/Problem.ts"
import * as RequestBody from "./RequestBody.ts"

const quoted = (text: string): ReadonlyArray<string> => [...text.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word)

interface Mistake {
  readonly message: string
  readonly given: string
  /** The words that would be right, where there are some. */
  readonly valid: ReadonlyArray<string>
}

type Issue = HttpApiDecodeError["issues"][number]

/** A choice fails once per word. */
const mistakeOf = (key: string, issues: readonly [Issue, ...ReadonlyArray<Issue>]): Mistake => {
  const [{ _tag, message, path }] = issues
  if (_tag === "Unexpected") {
    const valid = quoted(message)
    return {
      message: `unknown key ${JSON.stringify(key)} (valid here: ${valid.join(", ")})`,
      given: String(path.at(-1)),
      valid
    }
  }
  const [expected = "", ...actual] = message.split(", actual ")
  const given = quoted(actual.join(", actual "))[0] ?? ""
  const valid = issues.flatMap((issue) => quoted(issue.message.split(", actual ")[0] ?? ""))
  const what = valid.length > 1 ? `one of ${valid.join(", ")}` : expected.replace(/^Expected /, "")
  return { message: `${key}: expected ${what}, got ${JSON.stringify(given)}`, given, valid }
}

export const refusal = ({ issues }: HttpApiDecodeError): typeof Problem.Invalid.Type => {
  const byKey = new Map<string, [Issue, ...Array<Issue>]>()
  for (const issue of issues) {
    const key = Toml.keyText(issue.path.map((part) => (typeof part === "symbol" ? String(part) : part)))
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [issue])
    else known.push(issue)
  }
  return RequestBody.refusal(
    [...byKey].map(([key, all]) => {
      const { given, message, valid } = mistakeOf(key, all)
      return { key, message, suggestion: nearest(given, valid) }
    })
  )
}
