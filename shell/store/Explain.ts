/**
 * Where a stored value is not what it should be, and what is expected there. Nothing is told of what stands there
 * instead: it may be of any length, and a secret.
 */
import type * as ParseResult from "effect/ParseResult"
import { startOf } from "../../core/agent/Excerpt.ts"
import { redact } from "../../core/hook/Redaction.ts"

/** Characters of an expectation, of a name on the way to it, and of all of it. */
const expectedLength = 200
const nameLength = 60
const length = 600

const hasIssues = <A>(issues: A | ReadonlyArray<A>): issues is ReadonlyArray<A> => Array.isArray(issues)

/** From the outside inwards, to the first that is wrong; of several kinds that it could be, all are expected. */
const found = (issue: ParseResult.ParseIssue, path: ReadonlyArray<PropertyKey>): string => {
  const at = path.map((part) => startOf(String(part), nameLength)).join(".")
  const told = (what: string): string => (at === "" ? what : `${at}: ${what}`)
  switch (issue._tag) {
    case "Pointer":
      return found(issue.issue, [...path, ...(Array.isArray(issue.path) ? issue.path : [issue.path])])
    case "Composite": {
      const [first, ...rest] = hasIssues(issue.issues) ? issue.issues : [issue.issues]
      return first !== undefined && (rest.length === 0 || issue.ast._tag !== "Union")
        ? found(first, path)
        : told(`expected ${startOf(String(issue.ast), expectedLength)}`)
    }
    case "Refinement":
      return issue.kind === "Predicate"
        ? told(`expected ${startOf(String(issue.ast), expectedLength)}`)
        : found(issue.issue, path)
    case "Transformation":
      return issue.kind === "Transformation" ? told("it is no JSON") : found(issue.issue, path)
    case "Missing":
      return told("it is missing")
    case "Unexpected":
      return told("it should not be there")
    case "Type":
    case "Forbidden":
      return told(`expected ${startOf(String(issue.ast), expectedLength)}`)
  }
}

/** One line. */
export const explain = ({ issue }: ParseResult.ParseError): string =>
  startOf(redact(found(issue, []).replaceAll(/\s+/g, " ")), length)
