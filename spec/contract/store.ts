/** What every driver of the store must do; run against the one in memory and the one over SQLite. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe } from "vitest"
import type { Store } from "../../shell/store/Store.ts"
import type { Live } from "./Live.ts"
import { accounts } from "./StoreAccounts.ts"
import { changes } from "./StoreChanges.ts"
import { costs } from "./StoreCosts.ts"
import { roleCosts } from "./StoreRoleCosts.ts"
import { guards } from "./StoreGuards.ts"
import { hookEvents } from "./StoreHookEvents.ts"
import { overview } from "./StoreOverview.ts"
import { reads } from "./StoreReads.ts"
import { submissions } from "./StoreSubmissions.ts"

export const storeContract = (name: string, layer: () => Layer.Layer<Store, unknown>): void => {
  const live: Live = (title, body) => it.scopedLive(title, () => Effect.provide(body(), layer()))

  describe(`a store ${name}`, () => {
    changes(live)
    submissions(live)
    reads(live)
    overview(live)
    costs(live)
    roleCosts(live)
    guards(live)
    accounts(live)
    hookEvents(live)
  })
}
