/** The Responses API of OpenAI, as far as Codex asks for it. */
import { type Event, type Protocol, usage } from "./Step.ts"

export const responses: Protocol = (model, id, { sh, text }) => {
  const total = { input_tokens: usage.input, output_tokens: usage.output, total_tokens: usage.input + usage.output }
  const base = { id: `resp_${id}`, object: "response", created_at: 0, model, status: "in_progress", output: [] }
  const items = [
    ...(text === null
      ? []
      : [
          {
            id: `msg_${id}`,
            type: "message",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text, annotations: [] }]
          }
        ]),
    ...(sh === null
      ? []
      : [
          {
            id: `fc_${id}`,
            type: "function_call",
            status: "completed",
            call_id: `call_${id}`,
            name: "exec_command",
            arguments: JSON.stringify({ cmd: sh })
          }
        ])
  ]
  let number = 0
  const typed = (type: string, more: object): Event => ({
    event: type,
    data: { type, sequence_number: number++, ...more }
  })
  return [
    typed("response.created", { response: base }),
    ...items.flatMap((item, index) => [
      typed("response.output_item.added", { output_index: index, item: { ...item, status: "in_progress" } }),
      ...(item.type === "message"
        ? [
            typed("response.output_text.delta", {
              item_id: item.id,
              output_index: index,
              content_index: 0,
              delta: text
            })
          ]
        : []),
      typed("response.output_item.done", { output_index: index, item })
    ]),
    typed("response.completed", { response: { ...base, status: "completed", output: items, usage: total } })
  ]
}
