/** The fleet as a whole over HTTP: health, admission, accounts, guards, attention. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Configuration } from "../config/Configuration.ts"
import { version } from "../config/ProgramVersion.ts"
import type { Taker } from "../hooks/Ingest.ts"
import { inTime } from "../operator/Operation.ts"
import { Store } from "../store/Store.ts"
import * as AccountJson from "../view/AccountJson.ts"
import * as AttentionJson from "../view/AttentionJson.ts"
import * as GuardRows from "../view/GuardRows.ts"
import * as Moment from "../view/Moment.ts"
import * as PresentSupervisor from "../view/PresentSupervisor.ts"
import { Api } from "./api/Api.ts"
import type * as FleetWire from "./api/FleetWire.ts"
import * as Problem from "./api/Problem.ts"
import { deadlineOf } from "./Deadline.ts"
import * as Refused from "./Refused.ts"

type Request = HttpServerRequest.HttpServerRequest

const health = Effect.gen(function* () {
  const store = yield* Store
  const draining = yield* store.isDraining
  const supervisor = Option.getOrNull(yield* store.supervisor)
  const answer: typeof FleetWire.Health.Type = {
    status: "ok",
    version,
    supervisor:
      supervisor === null
        ? null
        : {
            epoch: supervisor.epoch,
            host: supervisor.host,
            pid: supervisor.pid,
            started_at: Moment.iso(supervisor.startedAt)
          },
    draining
  }
  return answer
}).pipe(Refused.broken)

const setDraining = (draining: boolean, request: Request) =>
  Effect.gen(function* () {
    yield* inTime(yield* deadlineOf(request))
    yield* (yield* Store).setDraining(draining)
    return { draining }
  }).pipe(Effect.catchTag("Overdue", Refused.conflicting), Refused.broken)

const resume = (id: string, request: Request) =>
  Effect.gen(function* () {
    const store = yield* Store
    yield* inTime(yield* deadlineOf(request))
    const isThere = yield* store.resumeAccount(id, yield* Clock.currentTimeMillis)
    const accounts = yield* store.accounts
    if (!isThere) {
      const known = accounts.map((account) => account.id)
      const names = known.length === 0 ? "no account was ever held up" : `known: ${known.join(", ")}`
      return yield* Effect.fail(Problem.notFound(`nothing is known of an account ${id}; ${names}`))
    }
    const account = accounts.find((each) => each.id === id)
    return { account: account === undefined ? null : AccountJson.toJson(account) }
  }).pipe(Effect.catchTag("Overdue", Refused.conflicting), Refused.broken)

/** Rows and summary are of one look, by one reading of the configuration. */
const guards = (look: Taker["guards"]) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { guardsNow } = yield* Configuration
    const config = yield* guardsNow
    const notes = yield* store.guards
    const rows = GuardRows.live(look(config, yield* Clock.currentTimeMillis), notes)
    return {
      guards: rows.map(GuardRows.toJson),
      summary: GuardRows.summary(rows),
      supervisor: yield* PresentSupervisor.read(store)
    }
  }).pipe(
    Effect.catchTags({ ConfigInvalid: Refused.unconfigured, ConfigUnreadable: Refused.unconfigured }),
    Refused.broken
  )

const attention = Effect.gen(function* () {
  const rows = yield* AttentionJson.read(yield* Store)
  return { attention: rows.map(AttentionJson.toJson) }
}).pipe(Refused.broken)

const acknowledge = (item: number, request: Request) =>
  Effect.gen(function* () {
    yield* inTime(yield* deadlineOf(request))
    const found = yield* (yield* Store).acknowledge([item], yield* Clock.currentTimeMillis)
    const at = found.find(({ id }) => id === item)?.acknowledgedAt ?? null
    if (at === null) return yield* Effect.fail(Problem.notFound(`there is no open item ${item}`))
    return { id: item, acknowledged_at: Moment.iso(at) }
  }).pipe(Effect.catchTag("Overdue", Refused.conflicting), Refused.broken)

export const layer = (look: Taker["guards"]) =>
  HttpApiBuilder.group(Api, "fleet", (handlers) =>
    handlers
      .handle("health", () => health)
      .handle("drain", ({ request }) => setDraining(true, request))
      .handle("undrain", ({ request }) => setDraining(false, request))
      .handle("resumeAccount", ({ path, request }) => resume(path.account, request))
      .handle("guards", () => guards(look))
      .handle("attention", () => attention)
      .handle("acknowledge", ({ path, request }) => acknowledge(path.item, request))
  )
