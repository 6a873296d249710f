/** Events of hooks, each of another tool use, of about so many bytes: what Claude Code sends of a command that it ran. */
/** A moment for all of them, epoch milliseconds: nothing that is measured depends on the clock. */
export const at = 1_764_547_200_000

const words = "the build is green and all 214 specs have passed in 9.1 s; "

export const eventOf = (number: number, bytes: number): string => {
  const event = {
    session_id: `5f1d2c3a-0000-4000-8000-${String(number % 50).padStart(12, "0")}`,
    transcript_path: "/home/ann/.claude/projects/x/5f1d2c3a.jsonl",
    cwd: "/home/ann/work/project",
    hook_event_name: "PostToolUse",
    tool_name: "Bash",
    tool_use_id: `toolu_${String(number).padStart(20, "0")}`,
    tool_input: { command: "npm test", description: "Run the specs" },
    tool_response: { stdout: "", stderr: "", interrupted: false }
  }
  const missing = Math.max(0, bytes - JSON.stringify(event).length)
  const stdout = words.repeat(Math.ceil(missing / words.length)).slice(0, missing)
  return JSON.stringify({ ...event, tool_response: { ...event.tool_response, stdout } })
}
