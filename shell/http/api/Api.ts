/**
 * What drover can be asked over HTTP, but for what is hot (`POST /hooks/NAME`, `shell/http/HookRoute.ts`): every place, what
 * it takes, what it answers and how it refuses. Nothing of Node is in it: a client in a browser may be made from it.
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { EventV1 } from "../../../core/event/EventV1.ts"
import { maybe } from "../../config/Values.ts"
import { Board } from "./BoardGroup.ts"
import * as CommitmentWire from "./CommitmentWire.ts"
import * as FleetWire from "./FleetWire.ts"
import * as Problem from "./Problem.ts"
import * as TaskOrders from "./TaskOrders.ts"
import { Parts } from "./TaskPartsGroup.ts"
import * as TaskWire from "./TaskWire.ts"

const about = (summary: string, description?: string) => {
  const annotated = OpenApi.annotations({ summary })
  return description === undefined ? annotated : OpenApi.annotations({ summary, description })
}

const Tasks = HttpApiGroup.make("tasks", { topLevel: true })
  .add(
    HttpApiEndpoint.get("listTasks", "/api/tasks")
      .setUrlParams(TaskWire.ListQuery)
      .addSuccess(TaskWire.TaskListing)
      .annotateContext(
        about(
          "Tasks by their ids, a page at a time",
          "Archived tasks are left out unless a state or a batch is asked for."
        )
      )
  )
  .add(
    HttpApiEndpoint.get("showTask", "/api/tasks/:id")
      .setPath(TaskOrders.TaskPath)
      .addSuccess(TaskWire.TaskDocument)
      .addError(Problem.NotFound)
      .annotateContext(about("Everything about one task"))
  )
  .add(
    HttpApiEndpoint.get("readLog", "/api/tasks/:id/log")
      .setPath(TaskOrders.TaskPath)
      .setUrlParams(TaskWire.LogQuery)
      .addSuccess(TaskWire.TaskOutput)
      .addError(Problem.NotFound)
      .annotateContext(
        about(
          "What its attempts printed, or its verifiers",
          "The end of it, or, with `offset`, one stream of one attempt from that byte on."
        )
      )
  )
  .add(
    HttpApiEndpoint.post("submitTask", "/api/tasks")
      .setPayload(TaskOrders.NewTask)
      .addSuccess(TaskOrders.Stored)
      .addError(Problem.Conflict)
      .annotateContext(about("Stores one task", "The same `key` again is the same task."))
  )
  .add(
    HttpApiEndpoint.post("operateTask", "/api/tasks/:id/:event")
      .setPath(TaskOrders.EventPath)
      .setPayload(TaskOrders.EventBody)
      .addSuccess(TaskOrders.Moved)
      .addError(Problem.NotFound)
      .addError(Problem.Conflict)
      .annotateContext(
        about(
          "Makes a person's event happen to a task",
          "An event that is not legal now is refused with those that are; nothing is written then."
        )
      )
  )

const Fleet = HttpApiGroup.make("fleet", { topLevel: true })
  .add(
    HttpApiEndpoint.get("health", "/healthz")
      .addSuccess(FleetWire.Health)
      .annotateContext(about("Whether the supervisor answers and its store can be read"))
  )
  .add(
    HttpApiEndpoint.post("drain", "/api/drain")
      .addSuccess(FleetWire.Draining)
      .addError(Problem.Conflict)
      .annotateContext(about("Closes admission, durably; what runs goes on"))
  )
  .add(
    HttpApiEndpoint.post("undrain", "/api/undrain")
      .addSuccess(FleetWire.Draining)
      .addError(Problem.Conflict)
      .annotateContext(about("Opens admission"))
  )
  .add(
    HttpApiEndpoint.post("resumeAccount", "/api/accounts/:account/resume")
      .setPath(FleetWire.AccountPath)
      .addSuccess(FleetWire.AccountAnswer)
      .addError(Problem.NotFound)
      .addError(Problem.Conflict)
      .annotateContext(about("Lets an account go on that was paused or limited"))
  )
  .add(
    HttpApiEndpoint.get("guards", "/guards")
      .addSuccess(FleetWire.GuardReport)
      .annotateContext(
        about(
          "How every protection stands now",
          "Rows and summary are of one look; a configuration that can not be read is an error."
        )
      )
  )
  .add(
    HttpApiEndpoint.get("attention", "/attention")
      .addSuccess(FleetWire.Attention)
      .annotateContext(about("What needs a person now"))
  )
  .add(
    HttpApiEndpoint.post("acknowledge", "/attention/:item/acknowledge")
      .setPath(FleetWire.AttentionPath)
      .addSuccess(FleetWire.Acknowledged)
      .addError(Problem.NotFound)
      .addError(Problem.Conflict)
      .annotateContext(about("You know of an item: it is not told again, and stays until what it is about is over"))
  )

/** Whole seconds are enough for nobody: the number of an event, in plain digits. */
const Seq = Schema.String.pipe(
  Schema.pattern(/^(?:0|[1-9][0-9]{0,14})$/),
  Schema.annotations({ description: "the number of an event, or 0" })
)

const EventQuery = Schema.Struct({
  since: maybe(Seq, "Only what came after the event with that number; everything if nothing is said")
}).annotations({ parseOptions: { onExcessProperty: "error" } })

const Events = HttpApiGroup.make("events", { topLevel: true }).add(
  HttpApiEndpoint.get("events", "/api/events")
    .setUrlParams(EventQuery)
    .setHeaders(Schema.Struct({ "last-event-id": maybe(Seq, "Goes on after that event; it counts more than `since`") }))
    .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" }))
    .annotateContext(
      about(
        "What happened and happens, version 1, as server-sent events",
        "`id` is the event's `seq`, `data` one `EventV1`. A client that comes back with `Last-Event-ID` misses none and sees none twice."
      )
    )
)

const Commitments = HttpApiGroup.make("commitments", { topLevel: true })
  .add(
    HttpApiEndpoint.get("listCommitments", "/commitments")
      .setUrlParams(CommitmentWire.ListQuery)
      .addSuccess(CommitmentWire.Listing)
      .annotateContext(about("What agents promised and is still to be done"))
  )
  .add(
    HttpApiEndpoint.post("settleCommitment", "/commitments/:id/:word")
      .setPath(CommitmentWire.CommitmentPath)
      .setPayload(CommitmentWire.Note)
      .addSuccess(CommitmentWire.Settled)
      .addError(Problem.NotFound)
      .addError(Problem.Conflict)
      .annotateContext(about("Says that a promise was kept, or is not wanted any more"))
  )
  .add(
    HttpApiEndpoint.post("observe", "/action-claim/observe")
      .setPayload(CommitmentWire.Message)
      .addSuccess(CommitmentWire.Observed)
      .annotateContext(
        about(
          "Takes down what a message promises",
          "Nothing is done with the message itself, and nothing waits for it."
        )
      )
  )

export class Api extends HttpApi.make("drover")
  .add(Tasks)
  .add(Parts)
  .add(Fleet)
  .add(Board)
  .add(Events)
  .add(Commitments)
  .addError(Problem.Invalid)
  .addError(Problem.Unauthorized)
  .addError(Problem.Forbidden)
  .addError(Problem.MethodNotAllowed)
  .addError(Problem.TooLarge)
  .addError(Problem.Unsupported)
  .addError(Problem.Failed)
  .addError(Problem.Unavailable)
  .annotate(HttpApi.AdditionalSchemas, [EventV1.annotations({ identifier: "EventV1" })])
  .annotateContext(
    OpenApi.annotations({
      title: "drover",
      version: "1",
      description: "A durable supervisor for fleets of coding agents. All of it is JSON but the events."
    })
  ) {}
