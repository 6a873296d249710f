/** Commitments and unverified claims as rows, and back. */
import * as Commitments from "../../core/commitment/Commitment.ts"
import { Unverified } from "../../core/commitment/Record.ts"
import * as Codec from "./Codec.ts"
import { reader, writer } from "./JsonColumn.ts"
import type * as Rows from "./Rows.ts"

const read = { commitment: reader(Commitments.Commitment, 256), unverified: reader(Unverified) }
const write = { commitment: writer(Commitments.Commitment), unverified: writer(Unverified) }

export const encode = (commitment: Commitments.Commitment): Rows.CommitmentRow => ({
  id: commitment.id,
  topic: commitment.topic,
  session: commitment.session,
  is_open: commitment.state._tag === "Open" ? 1 : 0,
  opened_at: commitment.openedAt,
  ended_at: Commitments.endedAt(commitment),
  body: write.commitment(commitment)
})

export const decode = (row: Rows.CommitmentRow): Codec.Decoded<Commitments.Commitment> =>
  Codec.named("commitments", row.id, "body", read.commitment(row.body))

export const encodeUnverified = (claim: Unverified): Rows.NewUnverifiedRow => ({
  at: claim.at,
  session: claim.session,
  body: write.unverified(claim)
})

export const decodeUnverified = (row: Rows.UnverifiedRow): Codec.Decoded<Unverified> =>
  Codec.named("unverified_claims", row.id, "body", read.unverified(row.body))
