/** What every driver of the store must do; run against the one in memory and the one over SQLite. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe } from "vitest"
import type { Store } from "../../shell/store/Store.ts"
import type { Live } from "./Live.ts"
import { accounts } from "./StoreAccounts.ts"
import { attention } from "./StoreAttention.ts"
import { board } from "./StoreBoard.ts"
import { changes } from "./StoreChanges.ts"
import { commitments } from "./StoreCommitments.ts"
import { costs } from "./StoreCosts.ts"
import { roleCosts } from "./StoreRoleCosts.ts"
import { forgetting } from "./StoreForgetting.ts"
import { guards } from "./StoreGuards.ts"
import { hookEvents } from "./StoreHookEvents.ts"
import { mailbox } from "./StoreMailbox.ts"
import { overview } from "./StoreOverview.ts"
import { reads } from "./StoreReads.ts"
import { submissions } from "./StoreSubmissions.ts"
import { versions } from "./StoreVersions.ts"
import { tallies } from "./StoreTallies.ts"
import { workMail } from "./StoreWorkMail.ts"

export const storeContract = (name: string, layer: () => Layer.Layer<Store, unknown>): void => {
  const live: Live = (title, body) => it.scopedLive(title, () => Effect.provide(body(), layer()))

  describe(`a store ${name}`, () => {
    changes(live)
    board(live)
    submissions(live)
    reads(live)
    versions(live)
    overview(live)
    costs(live)
    tallies(live)
    roleCosts(live)
    guards(live)
    accounts(live)
    attention(live)
    hookEvents(live)
    commitments(live)
    mailbox(live)
    forgetting(live)
    workMail(live)
  })
}
