/** What needs a person from now on, said once in a live view, above what is drawn there. */
import * as Effect from "effect/Effect"
import type { AttentionItem } from "../store/Store.ts"
import { paint } from "./Colour.ts"
import * as Moment from "../view/Moment.ts"
import type { OutputService } from "./Output.ts"
import type { Screen } from "./Screen.ts"
import { cut, oneLine } from "./Text.ts"

/** More that come at once are counted: the view is to be seen beside them. */
const mostLines = 5

const bell = "\u0007"

export interface News {
  /** Of items that were said before, and of acknowledged ones, nothing is said. */
  readonly tell: (items: ReadonlyArray<AttentionItem>, now: number) => Effect.Effect<void>
}

const line = ({ raisedAt, task, text }: AttentionItem, now: number): string =>
  `${Moment.clock(raisedAt, now)} needs a person: ${task === null ? "" : `#${task} `}${oneLine(text)}`

export const make = (output: OutputService, screen: Screen, hasBell: boolean): News => {
  const said = new Set<number>()
  return {
    tell: (items, now) =>
      Effect.gen(function* () {
        if (!output.isLive) return
        const fresh = items.filter(({ acknowledgedAt, id }) => acknowledgedAt === null && !said.has(id))
        if (fresh.length === 0) return
        for (const { id } of fresh) said.add(id)
        const left = fresh.length - mostLines
        const shown = fresh.slice(0, mostLines).map((item) => line(item, now))
        const more = left > 0 ? [`… and ${left} more need a person: drover attention`] : []
        const columns = output.size()?.columns ?? null
        const texts = [...shown, ...more].map((text) => (columns === null ? text : cut(text, columns)))
        yield* screen.draw([])
        yield* output.line(texts.map((text) => (output.hasColour ? paint(text, "yellow") : text)).join("\n"))
        if (hasBell) yield* output.raw(bell)
      })
  }
}
