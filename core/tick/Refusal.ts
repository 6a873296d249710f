/**
 * Why somebody who asks may not begin now, judged against what is held at one moment. While nothing is given back no
 * refusal ends: so a reason that is looked for after all have been served is a reason that kept the task out.
 */
import { type Account, accountOf } from "../account/Account.ts"
import * as Window from "../account/Admission.ts"
import type { TaskId } from "../task/Identifiers.ts"
import { directoryOf, type Task } from "../task/Task.ts"
import { holderOf, type Occupancy, repositoryOf, soleAgentOf } from "./Occupancy.ts"
import type { Demand } from "./Proposal.ts"
import type { Wait } from "./Wait.ts"

/** What admission goes by at one moment. */
export interface Terms {
  readonly now: number
  readonly maxConcurrent: number
  readonly isDraining: boolean
  readonly pressure: string | null
  /** As they are with those who were admitted; one that is not among them is open. */
  readonly accounts: ReadonlyMap<string, Account>
  readonly occupancy: Occupancy
}

/** What somebody asks for, as far as it can be refused; null: nothing of that kind. */
export interface Request {
  readonly kind: Demand["kind"]
  readonly isFinishing: boolean
  readonly account: string | null
  readonly agent: string | null
  readonly directory: string | null
  readonly session: string | null
  readonly repository: string | null
}

export const requestOf = (task: Task, { isFinishing, kind, session, usesAccount }: Demand): Request =>
  kind === "repository"
    ? {
        kind,
        isFinishing,
        account: null,
        agent: null,
        directory: null,
        session: null,
        repository: repositoryOf(task)
      }
    : {
        kind,
        isFinishing,
        account: usesAccount ? accountOf(task) : null,
        agent: usesAccount ? soleAgentOf(task) : null,
        directory: directoryOf(task),
        session,
        repository: null
      }

/** Whether both would be refused alike, always. */
export const isSameRequest = (a: Request, b: Request): boolean =>
  a.kind === b.kind &&
  a.isFinishing === b.isFinishing &&
  a.account === b.account &&
  a.agent === b.agent &&
  a.directory === b.directory &&
  a.session === b.session &&
  a.repository === b.repository

const wait = (_tag: "Directory" | "Agent" | "Mailbox" | "Repository", by: TaskId | null): Wait | null =>
  by === null ? null : { _tag, by }

/** The door is closed to everything new. */
const byDoor = ({ isDraining, pressure }: Terms, { isFinishing, kind }: Request): Wait | null => {
  if (kind === "repository" || isFinishing) return null
  if (isDraining) return { _tag: "Draining" }
  return pressure === null ? null : { _tag: "Pressure", why: pressure }
}

const byAccount = ({ accounts, maxConcurrent, now, occupancy }: Terms, { account }: Request): Wait | null => {
  const row = account === null ? undefined : accounts.get(account)
  if (row === undefined) return null
  return Window.refusal(row, { now, maxConcurrent, atWork: occupancy.attemptsByAccount.get(row.id) ?? 0 })
}

const byAgent = ({ occupancy }: Terms, { agent }: Request): Wait | null =>
  wait("Agent", holderOf(occupancy.agents, agent))

const byPlaces = ({ maxConcurrent, occupancy }: Terms, { kind }: Request): Wait | null =>
  kind === "slot" && occupancy.places >= maxConcurrent
    ? { _tag: "Slots", held: occupancy.places, limit: maxConcurrent }
    : null

const byDirectory = ({ occupancy }: Terms, { directory }: Request): Wait | null =>
  wait("Directory", holderOf(occupancy.directories, directory))

const bySession = ({ occupancy }: Terms, { session }: Request): Wait | null =>
  wait("Mailbox", holderOf(occupancy.sessions, session))

const byRepository = ({ occupancy }: Terms, { repository }: Request): Wait | null =>
  wait("Repository", holderOf(occupancy.repositories, repository))

/** What keeps out all that ask for the same kind of thing with the same agent, or null. */
export const common = (terms: Terms, request: Request): Wait | null =>
  byDoor(terms, request) ?? byAccount(terms, request) ?? byAgent(terms, request) ?? byPlaces(terms, request)

/** What keeps out whoever asks for the same directory, session or repository, or null. */
export const local = (terms: Terms, request: Request): Wait | null =>
  byDirectory(terms, request) ?? bySession(terms, request) ?? byRepository(terms, request)

/** Why it may not begin, the most telling reason first; null: it may. */
export const refusal = (terms: Terms, request: Request): Wait | null =>
  byDoor(terms, request) ??
  byAccount(terms, request) ??
  byDirectory(terms, request) ??
  byAgent(terms, request) ??
  bySession(terms, request) ??
  byRepository(terms, request) ??
  byPlaces(terms, request)
