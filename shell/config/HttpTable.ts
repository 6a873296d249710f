/** The `[http]` table of a user's file: where drover is asked over TCP, beside its socket. */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import { maybe } from "./Values.ts"

/** A place on this machine alone. */
export interface Address {
  readonly host: "127.0.0.1" | "::1"
  readonly port: number
}

const pattern = /^(?:127\.0\.0\.1|localhost|\[::1\]):([1-9][0-9]{0,4})$/
const highestPort = 65_535

/** `localhost` is 127.0.0.1: what else a resolver has it be would be another machine's business. Null: it is no such place. */
export const parse = (text: string): Address | null => {
  const [, port = ""] = pattern.exec(text) ?? []
  if (port === "" || Number(port) > highestPort) return null
  return { host: text.startsWith("[") ? "::1" : "127.0.0.1", port: Number(port) }
}

export const words = "an address on this machine, such as 127.0.0.1:4711"

const Listen = Schema.String.pipe(Schema.filter((text) => parse(text) !== null, { description: words, jsonSchema: {} }))

export const HttpTable = Schema.Struct({
  listen: maybe(Listen, "Where it is asked over TCP, with its token; nowhere when nothing is said")
})

/** What a command line says in place of the file; null: nothing. */
export class Listening extends Context.Reference<Listening>()("drover/Listening", {
  defaultValue: (): Address | null => null
}) {}
