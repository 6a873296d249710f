/** The chat completions of OpenAI, as far as OpenCode asks a compatible provider for them. */
import { type Event, type Protocol, usage } from "./Step.ts"

export const completions: Protocol = (model, id, { sh, text }) => {
  const base = { id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 0, model }
  const chunk = (delta: object, finish: string | null = null): Event => ({
    event: null,
    data: { ...base, choices: [{ index: 0, delta, finish_reason: finish }] }
  })
  const call = { command: sh, description: "as asked" }
  const total = {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output
  }
  return [
    chunk({ role: "assistant", content: "" }),
    ...(text === null ? [] : [chunk({ content: text })]),
    ...(sh === null
      ? []
      : [
          chunk({
            tool_calls: [
              {
                index: 0,
                id: `call_${id}`,
                type: "function",
                function: { name: "bash", arguments: JSON.stringify(call) }
              }
            ]
          })
        ]),
    chunk({}, sh === null ? "stop" : "tool_calls"),
    { event: null, data: { ...base, choices: [], usage: total } }
  ]
}
