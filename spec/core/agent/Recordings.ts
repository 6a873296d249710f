/** Runs of the vendors' real programs, as `spec/golden/agents/record.mjs` keeps them. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { gunzipSync } from "node:zlib"
import * as Schema from "effect/Schema"

const Served = Schema.Struct({
  requests: Schema.Int,
  answered: Schema.Int,
  /** Answers that call a tool. */
  tools: Schema.Int,
  input: Schema.Int,
  output: Schema.Int,
  cached: Schema.Int,
  cacheWrite: Schema.Int
})

export const Recording = Schema.Struct({
  /** The case, and `.2` and so on for its later stages. */
  name: Schema.String,
  what: Schema.String,
  /** It was asked for the records that drover reads. */
  isStream: Schema.Boolean,
  exit: Schema.Struct({ code: Schema.NullOr(Schema.Int), signal: Schema.NullOr(Schema.String) }),
  /** As the harness found it. */
  session: Schema.NullOr(Schema.String),
  wallMs: Schema.Number,
  /** Milliseconds from the start, and the type of each record. */
  times: Schema.Array(Schema.Tuple(Schema.Number, Schema.String)),
  signals: Schema.Array(Schema.Struct({ signal: Schema.String, at: Schema.NullOr(Schema.Number) })),
  /** What the server of the model knows of it; null where it can not tell the stages of a case apart. */
  served: Schema.NullOr(Served),
  stderr: Schema.String,
  stdout: Schema.Array(Schema.String)
})
export type Recording = typeof Recording.Type

const decode = Schema.decodeUnknownSync(Schema.parseJson(Recording))

export const vendors = ["claude-code", "codex", "opencode"] as const
export type Vendor = (typeof vendors)[number]

const read = (vendor: Vendor): ReadonlyArray<Recording> =>
  gunzipSync(readFileSync(resolve(import.meta.dirname, `../../golden/agents/${vendor}.jsonl.gz`)))
    .toString("utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [decode(line)]))

export const recordings: Readonly<Record<Vendor, ReadonlyArray<Recording>>> = {
  "claude-code": read("claude-code"),
  codex: read("codex"),
  opencode: read("opencode")
}

/** Each with its vendor. */
export const all: ReadonlyArray<readonly [Vendor, Recording]> = vendors.flatMap((vendor) =>
  recordings[vendor].map((recording) => [vendor, recording] as const)
)

export const named = (vendor: Vendor, name: string): Recording => {
  const found = recordings[vendor].find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no recording ${vendor}/${name}`)
  return found
}
