/** The results that the page is made of: what `npm run bench` and `npm run scale` write, as far as the page shows it. */
import * as Schema from "effect/Schema"

const Env = Schema.Struct({
  cpu: Schema.String,
  cores: Schema.Number,
  node: Schema.String,
  sqlite: Schema.String,
  fs: Schema.String,
  fdatasyncP50Ms: Schema.Number,
  loadavg: Schema.Number,
  commit: Schema.String
})
export type Env = typeof Env.Type

const Status = Schema.Literal("pass", "fail", "inconclusive")

const Goal = Schema.Struct({
  id: Schema.String,
  ref: Schema.NullOr(Schema.String),
  /** What it is about where it is not the subject's own number. */
  detail: Schema.optional(Schema.String),
  status: Status,
  /** One of the two. */
  value: Schema.optional(Schema.Number),
  ratio: Schema.optional(Schema.Number),
  ci: Schema.Tuple(Schema.Number, Schema.Number),
  /** One of the two. */
  min: Schema.optional(Schema.Number),
  max: Schema.optional(Schema.Number)
})
export type Goal = typeof Goal.Type

const Result = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  unit: Schema.String,
  median: Schema.Number,
  refs: Schema.Record({ key: Schema.String, value: Schema.Struct({ median: Schema.Number }) }),
  goal: Schema.Array(Goal)
})
export type Result = typeof Result.Type

/** A pair of the same work on both sides. */
const Same = Schema.Struct({ ratio: Schema.Number, ci: Schema.Tuple(Schema.Number, Schema.Number) })

export const Goals = Schema.Struct({
  schema: Schema.Literal(1),
  quick: Schema.Boolean,
  env: Env,
  aa: Schema.Record({ key: Schema.String, value: Same }),
  results: Schema.Array(Result),
  skipped: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
})
export type Goals = typeof Goals.Type

const Point = Schema.Struct({
  tasks: Schema.Number,
  value: Schema.Number,
  details: Schema.Record({ key: Schema.String, value: Schema.Number })
})

const Curve = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  label: Schema.String,
  unit: Schema.String,
  chart: Schema.Literal("tick", "write", "start", "memory"),
  exponent: Schema.NullOr(Schema.Number),
  lastDecade: Schema.NullOr(Schema.Number),
  mostPerDecade: Schema.NullOr(Schema.Number),
  status: Schema.Literal("pass", "fail", "none"),
  points: Schema.Array(Point),
  leftOut: Schema.Array(Schema.Struct({ tasks: Schema.Number, why: Schema.String }))
})
export type Curve = typeof Curve.Type

export const Scale = Schema.Struct({
  schema: Schema.Literal(1),
  scale: Schema.Literal(true),
  env: Env,
  rounds: Schema.Number,
  sizes: Schema.Array(Schema.Number),
  costs: Schema.Array(Curve)
})
export type Scale = typeof Scale.Type
