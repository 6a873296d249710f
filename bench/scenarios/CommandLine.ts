/**
 * C4: what a person waits for at the prompt, as a multiple of starting Node on nothing. Nobody can be faster than that.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { environment } from "../harness/SampleProcess.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { environmentOf, fill, taskCount } from "../workload/Home.ts"
import { bundleBytes, modulesLoaded, output, program, start } from "../workload/Program.ts"

const nothing = {
  name: "node -e 0",
  run: () => Promise.resolve(only(start(["-e", "0"], environment())))
}

/** What every start of a command of drover costs, whatever it then does. */
const startOf =
  (args: ReadonlyArray<string>) =>
  ({ directory, nodeArgs }: Place): Promise<Sample> => {
    const env = environmentOf(directory)
    return Promise.resolve({
      value: start([...nodeArgs, program, ...args], env),
      details: {},
      counters: { "node modules loaded": modulesLoaded(args, env, directory), "bundle bytes": bundleBytes() }
    })
  }

const shared = { kind: "spawn", unit: "ms", better: "lower", subjectIs: "program", references: [nothing] } as const

export const version: Scenario = {
  ...shared,
  id: "C4-version",
  title: "drover --version",
  subject: { name: "drover --version", run: startOf(["--version"]) },
  goals: [{ id: "C4 --version", reference: nothing.name, relation: "atMost", limit: 1.3 }]
}

export const help: Scenario = {
  ...shared,
  id: "C4-help",
  title: "drover --help",
  subject: { name: "drover --help", run: startOf(["--help"]) },
  goals: [{ id: "C4 --help", reference: nothing.name, relation: "atMost", limit: 4.5 }]
}

/** Of more tasks `status` lists only so many, the most telling ones (shell/cli/commands/Status.ts). */
const mostListed = 50

/** `current`: how many of the ten thousand tasks are to be shown; the others are archived. */
const statusOf = (current: number) => {
  const listed = Math.min(current, mostListed)
  const status = ({ fixture, nodeArgs }: Place): Promise<Sample> => {
    const home = join(fixture, "home")
    const env = environmentOf(home)
    const lines = output(["status"], env)
      .split("\n")
      .filter((line) => line.includes("task-"))
    if (lines.length !== listed) throw new Error(`drover status listed ${lines.length} tasks, not ${listed}`)
    return Promise.resolve(only(start([...nodeArgs, program, "status"], env)))
  }
  return {
    ...shared,
    subject: { name: "drover status", run: status },
    prepare: async (directory: string) => {
      await mkdir(join(directory, "home"))
      await fill(join(directory, "home"), taskCount - current)
    }
  }
}

const few = 200

export const statusFew: Scenario = {
  ...statusOf(few),
  id: "C4-status",
  title: `drover status, 10,000 tasks stored, ${few} of them current`,
  goals: [{ id: "C4 status", reference: nothing.name, relation: "atMost", limit: 4.5 }]
}

export const statusAll: Scenario = {
  ...statusOf(taskCount),
  id: "C4-status-all",
  title: "drover status, 10,000 tasks stored, all current",
  goals: [{ id: "C4 status, all current", reference: nothing.name, relation: "atMost", limit: 4.5 }]
}
