/** The Messages API of Anthropic, as far as Claude Code asks for it. */
import { type Answer, type Event, type Protocol, usage } from "./Step.ts"

const typed = (type: string, more: object = {}): Event => ({ event: type, data: { type, ...more } })

const block = (index: number, start: object, delta: object): ReadonlyArray<Event> => [
  typed("content_block_start", { index, content_block: start }),
  typed("content_block_delta", { index, delta }),
  typed("content_block_stop", { index })
]

const stopOf = (sh: string | null): string => (sh === null ? "end_turn" : "tool_use")

const command = (sh: string): object => ({ command: sh, description: "as asked" })

const empty = (model: string, id: string) => ({
  id: `msg_${id}`,
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: usage.input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 }
})

export const messages: Protocol = (model, id, { sh, text }) => [
  typed("message_start", { message: empty(model, id) }),
  ...(text === null ? [] : block(0, { type: "text", text: "" }, { type: "text_delta", text })),
  ...(sh === null
    ? []
    : block(
        text === null ? 0 : 1,
        { type: "tool_use", id: `toolu_${id}`, name: "Bash", input: {} },
        { type: "input_json_delta", partial_json: JSON.stringify(command(sh)) }
      )),
  typed("message_delta", {
    delta: { stop_reason: stopOf(sh), stop_sequence: null },
    usage: { output_tokens: usage.output }
  }),
  typed("message_stop")
]

/** The same in one piece: Claude Code asks for it when a stream has broken off. */
export const message = (model: string, id: string, { sh, text }: Answer): object => ({
  ...empty(model, id),
  content: [
    ...(text === null ? [] : [{ type: "text", text }]),
    ...(sh === null ? [] : [{ type: "tool_use", id: `toolu_${id}`, name: "Bash", input: command(sh) }])
  ],
  stop_reason: stopOf(sh),
  usage: { input_tokens: usage.input, output_tokens: usage.output }
})
