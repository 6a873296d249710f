/** The places of the board: cards, history, and the link by which a browser signs in. */
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as BoardWire from "./BoardWire.ts"

export const Board = HttpApiGroup.make("board", { topLevel: true })
  .add(
    HttpApiEndpoint.get("board", "/api/board")
      .setUrlParams(BoardWire.BoardQuery)
      .addSuccess(BoardWire.Board)
      .annotateContext(
        OpenApi.annotations({
          summary: "Every task as a card, or what is another since an answer",
          description:
            "Archived tasks have no card. With `since` only cards that are another come, and ids that are gone."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("history", "/api/fleet/history")
      .setUrlParams(BoardWire.HistoryQuery)
      .addSuccess(BoardWire.History)
      .annotateContext(OpenApi.annotations({ summary: "How the fleet did over the last hours, and what it spent" }))
  )
  .add(
    HttpApiEndpoint.post("boardLink", "/api/board/links")
      .addSuccess(BoardWire.Link)
      .annotateContext(
        OpenApi.annotations({
          summary: "A link by which one browser signs in to the board, once",
          description:
            "Where no port is open, one of the system's choice is opened on 127.0.0.1. A browser that has signed in gets none."
        })
      )
  )
