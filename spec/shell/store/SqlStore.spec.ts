import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer } from "../../../shell/store/SqlStore.ts"
import { storeContract } from "../../contract/store.ts"
import { folder } from "./World.ts"

storeContract("over SQLite", () =>
  Layer.unwrapScoped(Effect.map(folder, (path) => layer({ file: join(path, "drover.db") })))
)
