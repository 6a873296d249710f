/** The places of what one task is made of. */
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Problem from "./Problem.ts"
import { TaskPath } from "./TaskOrders.ts"
import * as TaskParts from "./TaskParts.ts"

const about = (summary: string, description?: string) =>
  OpenApi.annotations(description === undefined ? { summary } : { summary, description })

export const Parts = HttpApiGroup.make("parts", { topLevel: true })
  .add(
    HttpApiEndpoint.get("taskLedger", "/api/tasks/:id/ledger")
      .setPath(TaskPath)
      .setUrlParams(TaskParts.LedgerQuery)
      .addSuccess(TaskParts.Ledger)
      .addError(Problem.NotFound)
      .annotateContext(about("What happened to a task, the newest first, a page at a time"))
  )
  .add(
    HttpApiEndpoint.get("taskAttempts", "/api/tasks/:id/attempts")
      .setPath(TaskPath)
      .setUrlParams(TaskParts.AttemptsQuery)
      .addSuccess(TaskParts.Attempts)
      .addError(Problem.NotFound)
      .annotateContext(about("Its attempts with what verifiers said of them, the newest first, a page at a time"))
  )
  .add(
    HttpApiEndpoint.get("verifierRun", "/api/tasks/:id/runs/:run")
      .setPath(TaskParts.RunPath)
      .addSuccess(TaskParts.VerifierRun)
      .addError(Problem.NotFound)
      .annotateContext(about("One run of one verifier, with what it printed"))
  )
  .add(
    HttpApiEndpoint.get("taskOutputs", "/api/tasks/:id/outputs")
      .setPath(TaskPath)
      .setUrlParams(TaskParts.OutputsQuery)
      .addSuccess(TaskParts.Outputs)
      .addError(Problem.NotFound)
      .annotateContext(about("The files of what its attempts and verifiers printed, and how large they are"))
  )
  .add(
    HttpApiEndpoint.get("taskOutput", "/api/tasks/:id/output")
      .setPath(TaskPath)
      .setUrlParams(TaskParts.OutputQuery)
      .addSuccess(TaskParts.OutputPart)
      .addError(Problem.NotFound)
      .annotateContext(
        about("Lines of one file, forwards or backwards from any byte", "A file of any size costs what is asked of it.")
      )
  )
  .add(
    HttpApiEndpoint.get("taskGraph", "/api/tasks/:id/graph")
      .setPath(TaskPath)
      .addSuccess(TaskParts.Graph)
      .addError(Problem.NotFound)
      .annotateContext(about("The tasks that it waits for, those that wait for it, and those of its batch"))
  )
  .add(
    HttpApiEndpoint.get("taskDiff", "/api/tasks/:id/diff")
      .setPath(TaskPath)
      .addSuccess(TaskParts.Diff)
      .addError(Problem.NotFound)
      .annotateContext(
        about(
          "What is another in its directory, as git tells it",
          "In a worktree since its branch began; in place since its first attempt."
        )
      )
  )
