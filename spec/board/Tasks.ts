/** Tasks of every kind that a board shows, whose agents are plain programs, each in a folder of its own. */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Site, Started } from "../shell/cli/Drover.ts"

/** What would run if anything of it became markup. */
export const hostile = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`

/** How many numbers the quick agent prints. */
export const printed = 30_000

const file = (folder: string): string => `
[agents.quick]
kind = "command"
command = "sh"
args = [${JSON.stringify(join(folder, "quick.sh"))}]

[agents.slow]
kind = "command"
command = "sh"
args = ["-c", "echo begun; while sleep 0.2; do echo more; done"]

[[task]]
name = ${JSON.stringify(hostile)}
agent = "quick"
cwd = "a"
prompt = ${JSON.stringify(hostile)}
[[task.verify]]
run = "true"

[[task]]
name = "review"
agent = "quick"
qa = "human"
cwd = "b"
prompt = "a person looks at it"
depends_on = [${JSON.stringify(hostile)}]
[[task.verify]]
run = "true"

[[task]]
name = "failing"
agent = "quick"
cwd = "c"
prompt = "it never passes"
max_retries = 0
[[task.verify]]
run = "echo 'what the verifier printed'; false"

[[task]]
name = "slow"
agent = "slow"
cwd = "d"
prompt = "it goes on"
[[task.verify]]
run = "true"
`

/** Submits them: 1 is done, 2 waits for approval, 3 is blocked and 4 runs, as soon as the supervisor has done its part. */
export const submit = async (site: Site): Promise<Started> => {
  for (const name of ["a", "b", "c", "d"]) await mkdir(join(site.folder, name))
  await site.write("quick.sh", `cat <<'END'\n${hostile}\nEND\nseq 1 ${printed}\n`)
  await site.write("tasks.toml", file(site.folder))
  return site.start(["run", "tasks.toml"])
}
