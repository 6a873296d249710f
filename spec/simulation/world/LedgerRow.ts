/** A row of the ledger, as far as the checks of the simulation go by it. */
import * as Schema from "effect/Schema"
import { TaskId } from "../../../core/task/Identifiers.ts"

const Limit = Schema.Struct({ until: Schema.Number, cause: Schema.String })

const Row = Schema.Struct({
  seq: Schema.Int,
  task_id: TaskId,
  revision: Schema.Int,
  at: Schema.Number,
  stage_json: Schema.parseJson(Schema.Struct({ stage: Schema.String })),
  event: Schema.parseJson(
    Schema.Struct({
      _tag: Schema.String,
      event: Schema.optional(
        Schema.Struct({
          _tag: Schema.String,
          attempt: Schema.Unknown,
          at: Schema.optional(Schema.Number),
          resumeAt: Schema.optional(Schema.NullOr(Schema.Number)),
          cause: Schema.optional(Schema.String),
          why: Schema.optional(Schema.String),
          facts: Schema.optional(Schema.Struct({ limit: Schema.optional(Limit) })),
          run: Schema.optional(Schema.NullOr(Schema.Int)),
          visit: Schema.optional(Schema.NullOr(Schema.Int)),
          commit: Schema.optional(Schema.String),
          how: Schema.optional(
            Schema.Struct({
              _tag: Schema.String,
              resumeAt: Schema.optional(Schema.NullOr(Schema.Number)),
              cause: Schema.optional(Schema.String)
            })
          ),
          result: Schema.optional(Schema.Struct({ _tag: Schema.String, commit: Schema.optional(Schema.String) }))
        })
      )
    })
  ),
  execution: Schema.parseJson(
    Schema.Struct({
      _tag: Schema.String,
      run: Schema.optional(Schema.NullOr(Schema.Int)),
      base: Schema.optional(Schema.String),
      candidate: Schema.optional(Schema.NullOr(Schema.String)),
      carrier: Schema.optional(Schema.NullOr(Schema.Struct({ _tag: Schema.String }))),
      subject: Schema.optional(Schema.Struct({ _tag: Schema.String }))
    })
  )
})
export type Row = typeof Row.Type

export const rowsOf = Schema.decodeUnknownSync(Schema.Array(Row))

/** What a task is at, as faults and their table tell it. */
export const stateOf = ({ _tag, candidate, subject }: Row["execution"]): string => {
  if (_tag === "Landing" && candidate !== null) return "Landing armed"
  return _tag === "Stopping" && subject?._tag === "Landing" ? "Stopping a landing" : _tag
}
