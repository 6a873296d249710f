/** What agents promised over HTTP: listed, settled by a person, and taken down from a message that is posted. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import * as Observe from "../claims/Observe.ts"
import * as Settle from "../claims/Settle.ts"
import * as CommitmentJson from "../view/CommitmentJson.ts"
import { Api } from "./api/Api.ts"
import type * as CommitmentWire from "./api/CommitmentWire.ts"
import * as Problem from "./api/Problem.ts"
import * as Refused from "./Refused.ts"

const list = (isAll: boolean) => Effect.map(CommitmentJson.read(isAll), CommitmentJson.listToJson).pipe(Refused.broken)

const settle = (
  { id, word }: typeof CommitmentWire.CommitmentPath.Type,
  { note = null }: { readonly note?: string | null }
) =>
  Effect.gen(function* () {
    const settled = yield* Settle.settle({ how: word, id: Number(id), note })
    switch (settled._tag) {
      case "Missing":
        return yield* Effect.fail(Problem.notFound(`there is no commitment ${id}`))
      case "Refused":
        return yield* Effect.fail({ error: settled.why, code: "not_legal" as const, legal: [] })
      case "Answered":
      case "Settled":
        return { commitment: CommitmentJson.toJson(settled.commitment) }
    }
  }).pipe(Refused.broken)

export const layer = HttpApiBuilder.group(Api, "commitments", (handlers) =>
  handlers
    .handle("listCommitments", ({ urlParams }) => list(urlParams.all === "true"))
    .handle("settleCommitment", ({ path, payload }) => settle(path, payload))
    .handle("observe", ({ payload: { message, session = null, topic } }) =>
      Refused.broken(Observe.observe({ message, session, topic }))
    )
)
