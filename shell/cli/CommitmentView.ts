/** Commitments as people read them. */
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
