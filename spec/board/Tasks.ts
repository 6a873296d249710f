/** Tasks of every kind that a board shows, whose agents are plain programs, each in a folder of its own. */
import { execFileSync } from "node:child_process"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Site, Started } from "../shell/cli/Drover.ts"

/** What would run if anything of it became markup. */
export const hostile = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`

/** The same as a file may be called; the folder of the failing task is called so too. */
export const hostileName = "<img src=x onerror=document.title='run'>"

/** How many numbers the quick agent prints. */
export const printed = 30_000

const file = (folder: string): string => `
[agents.quick]
kind = "command"
command = "sh"
args = [${JSON.stringify(join(folder, "quick.sh"))}]

[agents.loud]
kind = "command"
command = "sh"
args = [${JSON.stringify(join(folder, "loud.sh"))}]

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
agent = "loud"
cwd = ${JSON.stringify(hostileName)}
prompt = "it never passes"
max_retries = 0
[[task.verify]]
run = "cat ../said; false"

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
  for (const name of ["a", "b", hostileName, "d"]) await mkdir(join(site.folder, name))
  const git = (...args: ReadonlyArray<string>): unknown =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: join(site.folder, hostileName) })
  git("init", "-q")
  git("commit", "-q", "--allow-empty", "-m", hostile)
  // Its last words, and a file whose name and text are no better.
  await site.write("said", `${hostile}\n`)
  await site.write("loud.sh", `cat ${join(site.folder, "said")} >"${hostileName}"\ncat ${join(site.folder, "said")}\n`)
  await site.write("quick.sh", `cat <<'END'\n${hostile}\nEND\nseq 1 ${printed}\n`)
  await site.write("tasks.toml", file(site.folder))
  return site.start(["run", "tasks.toml"])
}
