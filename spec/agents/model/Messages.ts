/** The Messages API of Anthropic, as far as Claude Code asks for it. */
import { type Event, type Protocol, usage } from "./Step.ts"

const typed = (type: string, more: object = {}): Event => ({ event: type, data: { type, ...more } })

const block = (index: number, start: object, delta: object): ReadonlyArray<Event> => [
  typed("content_block_start", { index, content_block: start }),
  typed("content_block_delta", { index, delta }),
  typed("content_block_stop", { index })
]

export const messages: Protocol = (model, id, { sh, text }) => {
  const told = {
    input_tokens: usage.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1
  }
  const message = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: told
  }
  const json = JSON.stringify({ command: sh, description: "as asked" })
  return [
    typed("message_start", { message }),
    ...(text === null ? [] : block(0, { type: "text", text: "" }, { type: "text_delta", text })),
    ...(sh === null
      ? []
      : block(
          text === null ? 0 : 1,
          { type: "tool_use", id: `toolu_${id}`, name: "Bash", input: {} },
          { type: "input_json_delta", partial_json: json }
        )),
    typed("message_delta", {
      delta: { stop_reason: sh === null ? "end_turn" : "tool_use", stop_sequence: null },
      usage: { output_tokens: usage.output }
    }),
    typed("message_stop")
  ]
}
