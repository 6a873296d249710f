/** What needs a person, for programs. */
import type { AttentionItem } from "../store/Store.ts"
import * as Moment from "./Moment.ts"

export const toJson = ({ key, raisedAt, task, text }: AttentionItem) => ({
  key,
  task_id: task,
  text,
  raised_at: Moment.iso(raisedAt)
})
