/** Commitments as people and programs read them. */
import * as Commitment from "../../core/commitment/index.ts"
import * as Moment from "../view/Moment.ts"
import type * as Table from "./Table.ts"
import { oneLine } from "./Text.ts"

export const columns: ReadonlyArray<Table.Column> = [
  { title: "ID" },
  { title: "STATUS" },
  { title: "SINCE" },
  { title: "BY" },
  { title: "SAID", least: 20 },
  { title: "SESSION" },
  { title: "DETAIL", least: 10 }
]

/** What is known beside its status: what showed that it was kept, or what was done about it. */
const more = (commitment: Commitment.Commitment, now: number): string => {
  const { state } = commitment
  if (state._tag !== "Open") return Commitment.detail(commitment) ?? ""
  if (state.escalatedAt !== null) return `a person was told ${Moment.length(now - state.escalatedAt)} ago`
  if (state.nudgedAt !== null) return `the session was reminded ${Moment.length(now - state.nudgedAt)} ago`
  return ""
}

export const cells =
  (now: number) =>
  (commitment: Commitment.Commitment): ReadonlyArray<string> => [
    String(commitment.id),
    Commitment.status(commitment),
    Moment.clock(commitment.openedAt, now),
    commitment.deadline === null ? "" : Moment.clock(commitment.deadline, now),
    `"${oneLine(commitment.text)}"${commitment.count > 1 ? ` (${commitment.count} times)` : ""}`,
    commitment.session ?? "",
    oneLine(more(commitment, now))
  ]

const isoOf = (at: number | null): string | null => (at === null ? null : Moment.iso(at))

export const toJson = (commitment: Commitment.Commitment) => {
  const open = commitment.state._tag === "Open" ? commitment.state : null
  return {
    id: commitment.id,
    key: commitment.key,
    status: Commitment.status(commitment),
    topic: commitment.topic,
    session_id: commitment.session,
    verb: commitment.verb,
    object: commitment.object,
    text: commitment.text,
    count: commitment.count,
    opened_at: Moment.iso(commitment.openedAt),
    said_at: Moment.iso(commitment.saidAt),
    expires_at: Moment.iso(commitment.expiresAt),
    deadline: isoOf(commitment.deadline),
    nudged_at: isoOf(open?.nudgedAt ?? null),
    escalated_at: isoOf(open?.escalatedAt ?? null),
    ended_at: isoOf(Commitment.endedAt(commitment)),
    detail: Commitment.detail(commitment)
  }
}

export const unverifiedToJson = ({ at, key, object, session, text, topic, verb }: Commitment.Unverified) => ({
  key,
  topic,
  session_id: session,
  verb,
  object,
  text,
  at: Moment.iso(at)
})
