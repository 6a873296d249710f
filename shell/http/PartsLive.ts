import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { Api } from "./api/Api.ts"
export const layer = HttpApiBuilder.group(Api, "parts", (handlers) =>
  handlers
    .handle("taskLedger", () => Effect.die(""))
    .handle("taskAttempts", () => Effect.die(""))
    .handle("verifierRun", () => Effect.die(""))
    .handle("taskOutputs", () => Effect.die(""))
    .handle("taskOutput", () => Effect.die(""))
    .handle("taskGraph", () => Effect.die(""))
    .handle("taskDiff", () => Effect.die(""))
)
